"""The party's wire: every message, field, unit and bound, defined once (PROTOCOL.md).

JavaScript constants, JSON Schema and docs/protocol.md are generated from this module by
`manage.py generate_protocol`; a test fails when they are stale. Struct docstrings and field
descriptions are the reference's text.
"""

from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, UnsetType

from sync.core.wire import (
    MS,
    ErrorMessage,
    Heartbeat,
    Message,
    Milliseconds,
    RateLimited,
    Reference,
    ServerDraining,
    ServerTime,
    TimeSync,
    TimeSyncResponse,
    Value,
)

MAX_LEAD_MS: Final = 3000
"""Longest time that a start together may lie ahead."""
MAX_POSITION_S: Final = 7 * 24 * 3600
"""No film is longer than a week; keeps every position far from float trouble."""
MAX_NAMED: Final = 50
"""`video:waiting` names at most so many of those who are waited for."""
USERS_IN_FULL: Final = 200
"""Above this many members lists are cut and digests carry no hash."""
USERS_IN_PART: Final = 50
"""How many a cut list holds, controllers first."""
STATUSES_IN_FULL: Final = 50
"""Above this many members `members:status` carries a summary in place of each status."""
MAX_RESUMED: Final = 64
"""Who has missed more ordered events than this gets a snapshot instead."""
CHAT_KEPT: Final = 100
"""So many of the last chat messages are kept for who comes later."""
CHAT_LENGTH: Final = 500
"""Longest chat message, in characters."""
HIGHEST_MAX_USERS: Final = 10_000
"""No room takes more viewers than this."""
MAX_NAME_LENGTH: Final = 40
"""Characters of a viewer's name."""
MAX_TOKEN_LENGTH: Final = 4096
"""Characters of a token, as subprotocol or in `room:join`."""
BEARER: Final = "bearer."
"""What stands before a token among the subprotocols that a client offers."""

SECONDS: Final[dict[str, Any]] = {"x-unit": "s"}
PERCENT: Final[dict[str, Any]] = {"x-unit": "%"}
FACTOR: Final[dict[str, Any]] = {"x-unit": "×"}

EMOJI: Final = ("❤️", "🔥", "😂", "😮", "👏", "🎉", "💯", "✨", "😍", "🤯", "👀", "💀")

Emoji = Literal["❤️", "🔥", "😂", "😮", "👏", "🎉", "💯", "✨", "😍", "🤯", "👀", "💀"]
_END: Final = r"$(?!\n)"
"""The end of a pattern; a bare `$` would let a newline through in Python."""

Slug = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=rf"^[a-z0-9]+(?:-[a-z0-9]+)*{_END}",
        description="address of a room",
    ),
]
Name = Annotated[
    str, Meta(min_length=1, max_length=MAX_NAME_LENGTH, description="as others see it")
]
Color = Annotated[str, Meta(pattern=rf"^#[0-9a-fA-F]{{6}}{_END}", description="#rrggbb")]
TabId = Annotated[
    str,
    Meta(
        min_length=8,
        max_length=64,
        pattern=rf"^[A-Za-z0-9_-]+{_END}",
        description="random, kept by the tab",
    ),
]
Percent = Annotated[
    float, Meta(ge=0, le=100, description="of the picture", extra_json_schema=PERCENT)
]
Position = Annotated[
    float, Meta(ge=0, le=MAX_POSITION_S, description="film position", extra_json_schema=SECONDS)
]
Rate = Annotated[
    float, Meta(ge=0.25, le=4, description="film seconds per second", extra_json_schema=FACTOR)
]
FilmLength = Annotated[float, Meta(ge=1, le=MAX_POSITION_S, extra_json_schema=SECONDS)]
BaseSeq = Annotated[int, Meta(ge=0, le=2**53, description="last ordered event applied")]
SpokenAt = Annotated[Milliseconds, Meta(description="instant of the click, media clock")]
Url = Annotated[str, Meta(min_length=1, max_length=2048)]
Title = Annotated[str, Meta(max_length=200)]
RoomTitle = Annotated[str, Meta(min_length=1, max_length=80, description="of the room")]
Password = Annotated[str, Meta(max_length=128)]
MessageId = Annotated[str, Meta(min_length=1, max_length=32, description="of a chat message")]
ChatText = Annotated[str, Meta(min_length=1, max_length=CHAT_LENGTH)]
Reason = Annotated[str, Meta(max_length=200, description="a sentence for who is concerned")]
UserId = Annotated[str, Meta(description="id of a user")]
Person = Annotated[str, Meta(description="the same for all tabs of one identity")]
Epoch = Annotated[str, Meta(description="life of the room's numbering")]
Seq = Annotated[int, Meta(description="number of the last ordered event in its epoch")]
By = Annotated[str | None, Meta(description="user id; null: the room itself")]
Role = Literal["owner", "host", "guest"]
PlaybackStatus = Literal[
    "synced", "adjusting", "seeking", "buffering", "hidden", "blocked", "local"
]
OnEnd = Annotated[Literal["stop", "loop"], Meta(description="what follows the end of the film")]
ControlBy = Annotated[
    Literal["everyone", "hosts", "ask"], Meta(description="who may control the film")
]
ChatBy = Annotated[Literal["everyone", "hosts"], Meta(description="who may write")]
WaitAll = Annotated[bool, Meta(description="stop for a viewer who has to load")]
Locked = Annotated[bool, Meta(description="nobody new comes in")]
Public = Annotated[bool, Meta(description="in the public list")]
MaxUsers = Annotated[int, Meta(ge=1, le=HIGHEST_MAX_USERS, description="most viewers at once")]
SlowMode = Annotated[
    int, Meta(ge=0, le=300, description="between two messages of one person; 0: none")
]


# -- Values ---------------------------------------------------------------------------------


class User(Value):
    """One viewer, that is one tab; `person` is the same for all tabs of one identity."""

    id: UserId
    person: Person
    name: str
    color: Annotated[str, Meta(description="#rrggbb")]
    city: Annotated[str, Meta(description="guessed from the time zone; null: not shared")] | None
    flag: Annotated[str, Meta(description="emoji of the country")] | None
    timezone: Annotated[str, Meta(description="IANA")] | None
    role: Role
    connected_at: Milliseconds
    instance: Annotated[str, Meta(description="server that holds the socket")]


class RoomSettings(Value):
    """What a room is set to."""

    title: Annotated[str, Meta(max_length=80, description="of the room")] = ""
    control: ControlBy = "everyone"
    wait_for_all: WaitAll = False
    locked: Locked = False
    has_password: Annotated[bool, Meta(description="who comes anew has to know it")] = False
    public: Public = False
    max_users: MaxUsers = 100
    chat_by: ChatBy = "everyone"
    slow_mode_s: SlowMode = 0
    on_end: OnEnd = "stop"


class Room(Value):
    """A room apart from its playback."""

    id: Slug
    name: str
    title: str
    created_by: Annotated[str, Meta(description="person who made it; empty: nobody")]
    created_at: Annotated[Milliseconds, Meta(description="UTC")]
    max_users: int
    is_public: bool
    settings: RoomSettings


class RoomSummary(Value):
    """A public room in the list."""

    id: Slug
    title: str
    user_count: int
    is_playing: bool
    current_time: Position
    source_title: str


class Source(Value):
    """What is played."""

    id: str
    kind: Literal["file"]
    url: Url
    title: Title
    duration: Annotated[Position, Meta(description="null: not known")] | None
    poster: Url | None


class SourceRequest(Value):
    """A source as a client proposes it."""

    kind: Literal["file"]
    url: Url
    title: Title = ""
    duration: FilmLength | UnsetType = UNSET
    poster: Url | UnsetType = UNSET


class VideoState(Value):
    """The playhead and what it runs over: `currentTime` is true at `serverTimestamp`."""

    is_playing: bool
    current_time: Position
    server_timestamp: Annotated[
        Milliseconds, Meta(description="media clock; lies ahead for a start together")
    ]
    rate: Rate
    duration: Annotated[Position, Meta(description="of the film; null: not known")] | None
    source: Source | None
    ended: bool
    epoch: Epoch
    seq: Seq
    by: By
    ref: Reference | UnsetType = UNSET


class Waiting(Value):
    """The film stands at `currentTime` for some viewers, until the next `video:state`."""

    reason: Literal["start", "buffering"]
    user_ids: Annotated[list[UserId], Meta(max_length=MAX_NAMED, description="who is waited for")]
    deadline: Annotated[Milliseconds, Meta(description="media clock; then it goes on without them")]
    current_time: Position
    server_timestamp: Annotated[Milliseconds, Meta(description="media clock; stands since then")]
    rate: Rate
    duration: Annotated[Position, Meta(description="of the film; null: not known")] | None


class Cursor(Value):
    """Where somebody points."""

    user_id: UserId
    x: Percent
    y: Percent
    timestamp: Milliseconds


class Reaction(Value):
    """An emoji at a place in the picture and a moment of the film."""

    id: str
    user_id: UserId
    emoji: str
    x: Percent
    y: Percent
    video_time: Position
    timestamp: Milliseconds


class ChatMessage(Value):
    """What somebody wrote, and when in the film."""

    id: MessageId
    user_id: UserId
    person: Person
    name: Annotated[str, Meta(description="of the author, then")]
    color: Annotated[str, Meta(description="#rrggbb of the author, then")]
    text: str
    reply_to: Annotated[str, Meta(description="id of the message answered")] | None
    video_time: (
        Annotated[
            Position, Meta(description="where the film was; null: not told, or another film since")
        ]
        | None
    )
    timestamp: Annotated[Milliseconds, Meta(description="media clock")]


class Ban(Value):
    """A person who may not come into the room any more."""

    person: Person
    name: Annotated[str, Meta(description="as they were called then")]
    at: Annotated[Milliseconds, Meta(description="media clock")]
    by: Annotated[str, Meta(description="as who banned them was called then")]


class Status(Value):
    """How one viewer's playback does, as that viewer measures it."""

    drift_ms: Annotated[
        float, Meta(ge=-1e9, le=1e9, description="playhead minus player; positive: behind")
    ]
    bound_ms: Annotated[float, Meta(ge=0, le=1e9, description="error bound of the clock")]
    rtt_ms: Annotated[float, Meta(ge=0, le=1e9, description="round trip of a probe")]
    rate: Annotated[float, Meta(ge=0, le=16, description="of the player", extra_json_schema=FACTOR)]
    buffer_s: Annotated[float, Meta(ge=0, le=1e9, description="film loaded ahead")]
    start_ms: Annotated[float, Meta(ge=0, le=1e6, description="learned start latency")]
    dropped_frames: Annotated[int, Meta(ge=0, le=10**9)]
    state: PlaybackStatus


class StatusSummary(Value):
    """Statuses of a large room: percentiles of |drift|, and the worst five user ids."""

    p50: Annotated[float, Meta(description="median of the drift", extra_json_schema=MS)]
    p95: Annotated[float, Meta(extra_json_schema=MS)]
    worst: Annotated[list[str], Meta(description="user ids")]


# -- Client → server ------------------------------------------------------------------------


class Resume(Value):
    """The last ordered event a returning client had applied."""

    epoch: Epoch
    seq: Annotated[int, Meta(ge=0, le=2**53)]


class RoomJoin(Message, tag="room:join"):
    """Join a watch party; the first thing a socket does."""

    room_id: Slug
    name: Name
    tab: TabId | UnsetType = UNSET
    color: Color | UnsetType = UNSET
    timezone: Annotated[str, Meta(max_length=64, description="IANA")] | UnsetType = UNSET
    share_city: bool = True
    password: Password | UnsetType = UNSET
    ticket: Annotated[str, Meta(max_length=512, description="from `user:self`")] | UnsetType = UNSET
    token: (
        Annotated[str, Meta(max_length=MAX_TOKEN_LENGTH, description="JWT that says who this is")]
        | UnsetType
    ) = UNSET
    resume: Resume | UnsetType = UNSET


class RoomLeave(Message, tag="room:leave"):
    """Leave the room; the socket closes 1000."""


class RoomSync(Message, tag="room:sync"):
    """Ask for a snapshot: `room:joined`; one of the last 5 s that still holds is not repeated."""


class RoomsList(Message, tag="rooms:list"):
    """Ask for the public rooms."""


class UsersList(Message, tag="users:list"):
    """Ask for everybody in the room."""


class VideoPlay(Message, tag="video:play"):
    """Start playback."""

    current_time: Position | UnsetType = UNSET
    at: SpokenAt | UnsetType = UNSET
    base_seq: BaseSeq | UnsetType = UNSET
    lead_ms: (
        Annotated[
            float, Meta(ge=0, le=MAX_LEAD_MS, description="start together, at least so far ahead")
        ]
        | UnsetType
    ) = UNSET
    ref: Reference | UnsetType = UNSET


class VideoPause(Message, tag="video:pause"):
    """Pause playback."""

    current_time: Position | UnsetType = UNSET
    at: SpokenAt | UnsetType = UNSET
    base_seq: BaseSeq | UnsetType = UNSET
    ref: Reference | UnsetType = UNSET


class VideoSeek(Message, tag="video:seek"):
    """Go to a position."""

    time: Position
    at: SpokenAt | UnsetType = UNSET
    base_seq: BaseSeq | UnsetType = UNSET
    ref: Reference | UnsetType = UNSET


class VideoRate(Message, tag="video:rate"):
    """Play faster or slower, for everyone."""

    rate: Rate
    at: SpokenAt | UnsetType = UNSET
    base_seq: BaseSeq | UnsetType = UNSET
    ref: Reference | UnsetType = UNSET


class VideoSource(Message, tag="video:source"):
    """Change the film; it starts paused at 0."""

    source: SourceRequest
    ref: Reference | UnsetType = UNSET


class CursorMove(Message, tag="cursor:move"):
    """Point at the picture."""

    x: Percent
    y: Percent


class CursorLeave(Message, tag="cursor:leave"):
    """Stop pointing."""


class ReactionSend(Message, tag="reaction:send"):
    """React with one of the twelve emoji."""

    emoji: Emoji
    x: Percent
    y: Percent
    video_time: Position


class MemberStatus(Status, tag_field="type", tag="member:status"):
    """Tell the room how playback does here."""


class MemberRename(Message, tag="member:rename"):
    """Take another name and colour."""

    name: Name
    color: Color


class VideoReady(Message, tag="video:ready"):
    """Ready to play on from that `seq`; a controller's `duration` that nobody knew is kept."""

    seq: Annotated[
        int, Meta(ge=0, le=2**53, description="of the newest ordered event when it was ready")
    ]
    duration: FilmLength | UnsetType = UNSET


class ChangeSettings(Message, tag="room:settings"):
    """Set the room otherwise; what is left out stays."""

    title: RoomTitle | UnsetType = UNSET
    control: ControlBy | UnsetType = UNSET
    wait_for_all: WaitAll | UnsetType = UNSET
    locked: Locked | UnsetType = UNSET
    password: Annotated[Password, Meta(description="empty: none any more")] | UnsetType = UNSET
    public: Public | UnsetType = UNSET
    max_users: MaxUsers | UnsetType = UNSET
    chat_by: ChatBy | UnsetType = UNSET
    slow_mode_s: SlowMode | UnsetType = UNSET
    on_end: OnEnd | UnsetType = UNSET
    ref: Reference | UnsetType = UNSET


class EndRoom(Message, tag="room:close"):
    """End the party for everybody, for good."""

    ref: Reference | UnsetType = UNSET


class ChatSend(Message, tag="chat:send"):
    """Write to the room."""

    text: ChatText
    reply_to: MessageId | UnsetType = UNSET
    video_time: Position | UnsetType = UNSET
    ref: Reference | UnsetType = UNSET


class ChatRemove(Message, tag="chat:remove"):
    """Take a message back: one's own, or as a host anybody's."""

    message_id: MessageId
    ref: Reference | UnsetType = UNSET


class MemberAsk(Message, tag="member:ask"):
    """Ask the hosts for control of the film."""


class MemberAnswer(Message, tag="member:answer"):
    """Give a guest control of the film, or take it back."""

    user_id: UserId
    grant: bool
    ref: Reference | UnsetType = UNSET


class GiveRole(Message, tag="member:role"):
    """Give a person another role; `owner` hands the room over."""

    user_id: UserId
    role: Role
    ref: Reference | UnsetType = UNSET


class RemoveMember(Message, tag="member:remove"):
    """Send a person out of the room, for a minute or for good."""

    user_id: UserId
    ban: Annotated[bool, Meta(description="for the room's life; else for 60 s")] = False
    reason: Reason | UnsetType = UNSET
    ref: Reference | UnsetType = UNSET


class UnbanMember(Message, tag="member:unban"):
    """Let a person come in again who was banned or removed."""

    person: Person
    ref: Reference | UnsetType = UNSET


Intent = (
    VideoPlay
    | VideoPause
    | VideoSeek
    | VideoRate
    | VideoSource
    | VideoReady
    | ChangeSettings
    | EndRoom
    | ChatSend
    | ChatRemove
    | MemberAnswer
    | GiveRole
    | RemoveMember
    | UnbanMember
)
"""What the room's state machine decides, and answers with an ordered event or a refusal."""

ClientMessage = (
    RoomJoin
    | RoomLeave
    | RoomSync
    | RoomsList
    | UsersList
    | VideoPlay
    | VideoPause
    | VideoSeek
    | VideoRate
    | VideoSource
    | VideoReady
    | ChangeSettings
    | EndRoom
    | ChatSend
    | ChatRemove
    | MemberAsk
    | MemberAnswer
    | GiveRole
    | RemoveMember
    | UnbanMember
    | CursorMove
    | CursorLeave
    | ReactionSend
    | MemberStatus
    | MemberRename
    | TimeSync
    | Heartbeat
)

ACTIONS: Final[dict[type, str]] = {
    RoomJoin: "roomJoin",
    RoomLeave: "message",
    RoomSync: "roomSync",
    RoomsList: "roomsList",
    UsersList: "usersList",
    VideoPlay: "videoControl",
    VideoPause: "videoControl",
    VideoSeek: "videoControl",
    VideoRate: "videoControl",
    VideoSource: "videoSource",
    VideoReady: "videoReady",
    ChangeSettings: "roomSettings",
    EndRoom: "roomSettings",
    ChatSend: "chat",
    ChatRemove: "chatRemove",
    MemberAsk: "memberAsk",
    MemberAnswer: "memberAnswer",
    GiveRole: "memberRole",
    RemoveMember: "memberRemove",
    UnbanMember: "memberRemove",
    CursorMove: "cursor",
    CursorLeave: "cursor",
    ReactionSend: "reaction",
    MemberStatus: "status",
    MemberRename: "rename",
    TimeSync: "sync",
    Heartbeat: "message",
}
"""Message → the limit it draws on (names of LIMITS; "message" is the limit of all frames)."""


# -- Server → client ------------------------------------------------------------------------


class UserSelf(User, tag_field="type", tag="user:self"):
    """Who you are here, and the ticket that readmits you for 24 h."""

    ticket: str


class RoomsListed(Message, tag="rooms:list"):
    """The public rooms with people in them, over all servers, the fullest first."""

    rooms: list[RoomSummary]


class UsersListed(Message, tag="users:list"):
    """Everybody in the room; above 200 the first 50, controllers first."""

    users: list[User]
    count: int


class UserJoined(User, tag_field="type", tag="user:joined"):
    """Somebody came. Above USERS_IN_FULL owner and hosts only; of others the digest tells."""


class UserUpdated(User, tag_field="type", tag="user:updated"):
    """Somebody took another name or colour."""


class UserLeft(Message, tag="user:left"):
    """Somebody who was listed or told of has had no socket for 5 s."""

    user_id: UserId


class UsersDigest(Message, tag="users:digest"):
    """Lets a client notice that its list of users is wrong."""

    count: int
    hash: (
        Annotated[int, Meta(description="CRC-32 of `id|name|color|role` lines, sorted by id")]
        | UnsetType
    ) = UNSET


class MembersStatus(Message, tag="members:status"):
    """Everybody's status at 1 Hz; above 50 members a summary."""

    statuses: dict[str, Status] | UnsetType = UNSET
    summary: StatusSummary | UnsetType = UNSET


class VideoStateChanged(VideoState, tag_field="type", tag="video:state"):
    """The playhead as it is from now on; also the acknowledgement of a control."""


class VideoWaiting(Waiting, tag_field="type", tag="video:waiting"):
    """The film stands for some viewers from now on; may also be the answer to a control."""

    epoch: Epoch
    seq: Seq
    by: By
    ref: Reference | UnsetType = UNSET


class SettingsChanged(RoomSettings, tag_field="type", tag="room:settings", kw_only=True):
    """What the room is set to from now on."""

    epoch: Epoch
    seq: Seq
    by: By
    ref: Reference | UnsetType = UNSET


class RoleGiven(Message, tag="member:role"):
    """A person's role from now on, in all their tabs."""

    user_id: UserId
    person: Person
    role: Role
    reason: Annotated[
        Literal["given", "succession", "return"],
        Meta(description="by somebody; the owner has been gone for 60 s; the owner is back"),
    ]
    epoch: Epoch
    seq: Seq
    by: By
    former_role: (
        Annotated[Role, Meta(description="with `owner`: what the owner before is from now on")]
        | UnsetType
    ) = UNSET
    ref: Reference | UnsetType = UNSET


class ControlGiven(Message, tag="member:control"):
    """Whether a person may control the film where guests have to ask."""

    user_id: UserId
    person: Person
    granted: bool
    epoch: Epoch
    seq: Seq
    by: By
    ref: Reference | UnsetType = UNSET


class MemberRemoved(Message, tag="member:removed"):
    """A person was sent out; all sockets of theirs close 4403."""

    user_id: UserId
    person: Person
    ban: bool
    epoch: Epoch
    seq: Seq
    by: By
    reason: Reason | UnsetType = UNSET
    ref: Reference | UnsetType = UNSET


class MemberUnbanned(Message, tag="member:unbanned"):
    """Somebody may come in again; who it is only owner and hosts are told, by `bans:list`."""

    epoch: Epoch
    seq: Seq
    by: By
    ref: Reference | UnsetType = UNSET


class ChatSent(ChatMessage, tag_field="type", tag="chat:message", kw_only=True):
    """Somebody wrote."""

    epoch: Epoch
    seq: Seq
    by: By
    ref: Reference | UnsetType = UNSET


class ChatRemoved(Message, tag="chat:removed"):
    """A message was taken back: nobody shows it any more."""

    message_id: MessageId
    epoch: Epoch
    seq: Seq
    by: By
    ref: Reference | UnsetType = UNSET


class RoomClosed(Message, tag="room:closed"):
    """The room is over; the sockets close 4410."""

    reason: str
    epoch: Epoch
    seq: Seq
    by: By
    ref: Reference | UnsetType = UNSET


OrderedEvent = (
    VideoStateChanged
    | VideoWaiting
    | SettingsChanged
    | RoleGiven
    | ControlGiven
    | MemberRemoved
    | MemberUnbanned
    | ChatSent
    | ChatRemoved
    | RoomClosed
)


class RoomJoined(Message, tag="room:joined"):
    """The room as it stands: a snapshot, or to one who resumes the `events` missed meanwhile."""

    room_id: Slug
    room: Room
    users: list[User]
    epoch: Epoch
    seq: Seq
    video_state: (
        Annotated[VideoState, Meta(description="snapshot: replaces whatever the client held")]
        | UnsetType
    ) = UNSET
    waiting: (
        Annotated[Waiting, Meta(description="with `videoState`, while the film stands for some")]
        | UnsetType
    ) = UNSET
    chat: (
        Annotated[
            list[ChatMessage],
            Meta(description="with `videoState`: the last 100 or 64 KiB, oldest first"),
        ]
        | UnsetType
    ) = UNSET
    granted: (
        Annotated[
            list[Person], Meta(description="with `videoState`: who was given control by a host")
        ]
        | UnsetType
    ) = UNSET
    rightful: (
        Annotated[Person, Meta(description="with `videoState`: whose room it is; empty: nobody's")]
        | UnsetType
    ) = UNSET
    events: (
        Annotated[list[OrderedEvent], Meta(description="after `resume`, in order; no snapshot")]
        | UnsetType
    ) = UNSET


class MemberAsked(Message, tag="member:asked"):
    """A guest asks for control of the film; owner and hosts hear it."""

    user_id: UserId


class BansListed(Message, tag="bans:list"):
    """Who is banned, the latest first: to owner and hosts, as they come and at each change."""

    bans: list[Ban]


class CursorsBatch(Message, tag="cursors:batch"):
    """Latest place of each cursor that moved in this tick."""

    cursors: list[Cursor]


class CursorRemove(Message, tag="cursor:remove"):
    """Somebody points no more."""

    user_id: UserId


class ReactionsBatch(Message, tag="reactions:batch"):
    """The reactions of this tick."""

    reactions: list[Reaction]


class ServerDegraded(Message, tag="server:degraded"):
    """The room's memory is out of reach: the film goes on, changes are refused `unavailable`."""

    reason: Annotated[str, Meta(description="null: over")] | None
    since: Annotated[Milliseconds, Meta(description="media clock")]


ServerMessage = (
    UserSelf
    | RoomJoined
    | RoomsListed
    | UsersListed
    | UserJoined
    | UserUpdated
    | UserLeft
    | UsersDigest
    | MembersStatus
    | VideoStateChanged
    | VideoWaiting
    | SettingsChanged
    | RoleGiven
    | ControlGiven
    | MemberRemoved
    | MemberUnbanned
    | MemberAsked
    | BansListed
    | ChatSent
    | ChatRemoved
    | RoomClosed
    | CursorsBatch
    | CursorRemove
    | ReactionsBatch
    | ServerTime
    | ServerDegraded
    | ServerDraining
    | TimeSyncResponse
    | ErrorMessage
    | RateLimited
)
