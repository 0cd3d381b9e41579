"""What Redis itself decides, one step at a time: the Lua scripts of the Redis store.

Numbers go through text with 17 digits, since Lua would shorten a media-clock instant. Every script
about a room first sees that Redis is the same process (`run_id`) in which the room went live: a
restarted one may have lost what servers have delivered, so its rooms count as gone. From the first
word that it is another one it waits OFFERING_MS for what its servers hold of their rooms (ADR 33).
"""

from typing import Final

OFFERING_MS: Final = 1000
"""PROTOCOL.md, Order: so long servers offer their copies to a Redis that has lost its rooms."""

RUN: Final = "csw:run"
"""The run_id of the Redis that is known to its servers: nobody has offered to another one yet."""

OFFERING: Final = "csw:offering"
"""There while servers offer."""

PLACES: Final = "csw:places"
"""The places that its servers know, as long as one of them runs."""

LOOK_KEYS: Final = (RUN, OFFERING, PLACES)

_COMMON: Final = """
local function text(number) return string.format('%.17g', number) end

local function run_id() return string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') end

local function is_live(room)
  local run = redis.call('HGET', room, 'run')
  return run and run == run_id()
end

-- The milliseconds for which servers still offer; the first word of a new run begins them.
local function offering(run_key, offering_key, for_ms)
  local run = run_id()
  if redis.call('GET', run_key) ~= run then
    redis.call('SET', run_key, run)
    redis.call('SET', offering_key, run, 'PX', for_ms)
  end
  return math.max(redis.call('PTTL', offering_key), 0)
end

-- An answer is remembered as epoch, instant and JSON, one line each.
local function recall(room, key, now, for_ms)
  local kept = redis.call('GET', key)
  if not kept then return false end
  local epoch, at, answer = string.match(kept, '^(.-)\\n(.-)\\n(.*)$')
  if epoch ~= redis.call('HGET', room, 'epoch') then return false end
  if now - tonumber(at) > for_ms then return false end
  return answer
end

-- As sync.core.bucket.TokenBucket; returns 0 or the milliseconds to wait.
local function draw(key, now, capacity, per_ms)
  local kept = redis.call('HMGET', key, 'tokens', 'at')
  local tokens, at = tonumber(kept[1]) or capacity, tonumber(kept[2]) or now
  tokens = math.min(capacity, tokens + math.max(now - at, 0) * per_ms)
  local wait = 0
  if tokens >= 1 then tokens = tokens - 1 else wait = (1 - tokens) / per_ms end
  redis.call('HSET', key, 'tokens', text(tokens), 'at', text(math.max(now, at)))
  redis.call('PEXPIRE', key, math.ceil(capacity / per_ms) + 1000)
  return wait
end

-- The events after a number, oldest first, as far as they are still held.
local function after(events, seq)
  local found = {}
  if seq == '' then return found end
  for _, entry in ipairs(redis.call('XRANGE', events, '(' .. seq .. '-0', '+')) do
    found[#found + 1] = entry[2][4]
  end
  return found
end

local function others(servers, now, server)
  local found = {}
  for _, one in ipairs(redis.call('ZRANGEBYSCORE', servers, '(' .. now, '+inf')) do
    if one ~= server then found[#found + 1] = one end
  end
  return found
end
"""

TAKE: Final = (
    _COMMON
    + """
return text(draw(KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])))
"""
)
"""KEYS bucket; ARGV now, capacity, tokens per ms → milliseconds to wait."""

GIVE_BACK: Final = (
    _COMMON
    + """
local tokens, capacity = tonumber(redis.call('HGET', KEYS[1], 'tokens')), tonumber(ARGV[1])
if tokens then redis.call('HSET', KEYS[1], 'tokens', text(math.min(tokens + 1, capacity))) end
"""
)
"""KEYS bucket; ARGV capacity."""

OPEN: Final = (
    _COMMON
    + """
if not is_live(KEYS[1]) then return {} end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[3]) end
local found = redis.call('HMGET', KEYS[1], 'record', 'state')
return {found[1], found[2], unpack(after(KEYS[3], ARGV[4]))}
"""
)
"""KEYS room, servers, events; ARGV server, lease's end, kept for ms, seq or '' → (record, state,
events after seq …), or nothing if it is not live."""

OFFERS: Final = (
    _COMMON
    + """
return {run_id(), offering(KEYS[1], KEYS[2], ARGV[1])}
"""
)
"""KEYS run, offering; ARGV offering ms → (run_id, milliseconds for which servers still offer)."""

LOOK: Final = (
    _COMMON
    + """
local known_as = redis.call('GET', KEYS[3]) or ARGV[2]
if known_as == ARGV[2] then redis.call('SET', KEYS[3], known_as, 'PX', ARGV[3]) end
return {run_id(), offering(KEYS[1], KEYS[2], ARGV[1]), known_as}
"""
)
"""KEYS run, offering, places; ARGV offering ms, our list of places, held for ms → (run_id,
milliseconds for which servers still offer, the list that holds)."""

OFFER: Final = (
    _COMMON
    + """
local room, offer, answers = KEYS[1], KEYS[2], KEYS[3]
if is_live(room) then return 0 end
local left_ms = offering(KEYS[4], KEYS[5], ARGV[1])
local best = redis.call('HGET', offer, 'seq')
if not best or tonumber(best) < tonumber(ARGV[2]) then
  redis.call('HSET', offer, 'seq', ARGV[2], 'state', ARGV[3])
end
for index = 5, #ARGV, 2 do redis.call('HSET', answers, ARGV[index], ARGV[index + 1]) end
redis.call('PEXPIRE', offer, ARGV[4])
redis.call('PEXPIRE', answers, ARGV[4])
return left_ms
"""
)
"""KEYS room, offer, offered answers, run, offering; ARGV offering ms, seq, state, kept for ms, then
(answer key, instant and JSON) … → milliseconds for which servers still offer; 0: too late."""

OFFERED: Final = (
    _COMMON
    + """
local found = {}
for _, key in ipairs(KEYS) do found[#found + 1] = redis.call('HGET', key, 'state') end
return found
"""
)
"""KEYS offer, room → the states that servers offered and that an older Redis had kept, if any."""

SEED: Final = (
    _COMMON
    + """
local room, servers, events, offer, answers = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local epoch, for_ms = ARGV[5], ARGV[8]
if not is_live(room) then
  redis.call('DEL', room, events)
  redis.call('HSET', room, 'run', run_id(), 'record', ARGV[3], 'state', ARGV[4],
             'epoch', epoch, 'seq', ARGV[6])
  redis.call('PEXPIRE', room, ARGV[7])
  local offered = redis.call('HGETALL', answers)
  for index = 1, #offered, 2 do
    redis.call('SET', offered[index], epoch .. '\\n' .. offered[index + 1], 'PX', for_ms)
  end
end
redis.call('DEL', offer, answers)
redis.call('ZADD', servers, ARGV[2], ARGV[1])
return redis.call('HMGET', room, 'record', 'state')
"""
)
"""KEYS room, servers, events, offer, offered answers; ARGV server, lease's end, record, state,
epoch, seq, kept for ms, answers remembered for ms → (record, state): ours, or those of whoever was
faster."""

READ: Final = (
    _COMMON
    + """
if not is_live(KEYS[1]) then return {} end
local answer = ''
if ARGV[1] == '1' then
  answer = recall(KEYS[1], KEYS[2], tonumber(ARGV[2]), tonumber(ARGV[3])) or ''
end
return {redis.call('HGET', KEYS[1], 'state'), answer, unpack(after(KEYS[3], ARGV[4]))}
"""
)
"""KEYS room, answer, events; ARGV asks for an answer, now, remembered for ms, seq or '' →
(state, answer or '', events after seq …), or nothing if it is not live."""

TOUCH: Final = """
return redis.call('PEXPIRE', KEYS[1], redis.call('PTTL', KEYS[1]))
"""
"""KEYS answer: written again as it is, so that a replica is waited for that may not have it yet."""

COMMIT: Final = (
    _COMMON
    + """
local room, events, answer_key, bucket = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local epoch, seq, now = ARGV[1], ARGV[2], tonumber(ARGV[3])
local has_ref, for_ms, answer = ARGV[4] == '1', tonumber(ARGV[5]), ARGV[6]
local capacity, per_ms = tonumber(ARGV[7]), tonumber(ARGV[8])
local state, event, new_seq, held, kept_ms = ARGV[9], ARGV[10], ARGV[11], ARGV[12], ARGV[13]
if not is_live(room) then return {'gone'} end
if has_ref then
  local remembered = recall(room, answer_key, now, for_ms)
  if remembered then
    redis.call('PEXPIRE', answer_key, redis.call('PTTL', answer_key))  -- as TOUCH does
    return {'repeat', remembered}
  end
end
local at = redis.call('HMGET', room, 'epoch', 'seq')
if at[1] ~= epoch or at[2] ~= seq then return {'conflict'} end
if capacity > 0 then
  local wait = draw(bucket, now, capacity, per_ms)
  if wait > 0 then return {'limited', text(wait)} end
end
if event ~= '' then
  redis.call('HSET', room, 'state', state, 'seq', new_seq)
  redis.call('XADD', events, 'MAXLEN', held, new_seq .. '-0', 'epoch', epoch, 'event', event)
  redis.call('XADD', KEYS[5], 'MAXLEN', '~', ARGV[14], '*', 'about', ARGV[15], 'event', event)
  redis.call('PEXPIRE', room, kept_ms)
  redis.call('PEXPIRE', events, kept_ms)
end
if has_ref then
  local line = epoch .. '\\n' .. text(now) .. '\\n' .. answer
  redis.call('SET', answer_key, line, 'PX', string.format('%d', for_ms + 5000))
end
return {'done'}
"""
)
"""A repeat → its answer; not the expected state → conflict; bucket empty → limited; else all of
state, event (for viewers and for history) and remembered answer."""

SINCE: Final = (
    _COMMON
    + """
if not is_live(KEYS[1]) then return {} end
local at = redis.call('HMGET', KEYS[1], 'epoch', 'seq')
return {at[1], at[2], unpack(after(KEYS[2], ARGV[1]))}
"""
)
"""KEYS room, events; ARGV seq → (epoch, seq, events after it …), or nothing if it is not live."""

LEAVE: Final = (
    _COMMON
    + """
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('DEL', KEYS[3])
if not is_live(KEYS[1]) or #others(KEYS[2], ARGV[2], ARGV[1]) > 0 then return {} end
return redis.call('HMGET', KEYS[1], 'state')
"""
)
"""KEYS room, servers, members here; ARGV server, now → the state if nobody holds the room now."""

DROP: Final = (
    _COMMON
    + """
if #others(KEYS[2], ARGV[3], '') > 0 then return 0 end
local at = redis.call('HMGET', KEYS[1], 'epoch', 'seq')
if at[1] ~= ARGV[1] or at[2] ~= ARGV[2] then return 0 end
return redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
"""
)
"""KEYS room, servers, events; ARGV epoch, seq, now: forget a room that is kept elsewhere."""

ATTEND: Final = (
    _COMMON
    + """
local servers, here, prefix = KEYS[1], KEYS[2], ARGV[1]
local server, now, ends, kept_ms, whole = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
redis.call('ZREMRANGEBYSCORE', servers, '-inf', now)
redis.call('ZADD', servers, ends, server)
if whole == '1' then redis.call('DEL', here) end
for index = 7, #ARGV, 2 do
  if ARGV[index + 1] == '' then redis.call('HDEL', here, ARGV[index])
  else redis.call('HSET', here, ARGV[index], ARGV[index + 1]) end
end
redis.call('PEXPIRE', here, kept_ms)
redis.call('PEXPIRE', servers, kept_ms)
local count = 0
for _, one in ipairs(others(servers, now, server)) do
  count = count + redis.call('HLEN', prefix .. one)
end
return count
"""
)
"""KEYS servers, members here; ARGV prefix of members, server, now, lease's end, kept for ms, whole,
then (id, User or '' for one who left) … → how many members the other servers have."""

OTHERS: Final = (
    _COMMON
    + """
local found = {}
for _, one in ipairs(others(KEYS[1], ARGV[3], ARGV[2])) do
  for _, user in ipairs(redis.call('HVALS', ARGV[1] .. one)) do found[#found + 1] = user end
end
return found
"""
)
"""KEYS servers; ARGV prefix of members, server, now → the members of the other servers."""
