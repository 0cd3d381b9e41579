"""The room as one viewer sees it, from a snapshot and the ordered events after it."""

from typing import Any

from tests.cluster.ordering import Message

VIDEO_FIELDS = (
    "isPlaying",
    "currentTime",
    "serverTimestamp",
    "rate",
    "duration",
    "source",
    "ended",
)
EVENT_FIELDS = {"type", "epoch", "seq", "by", "ref"}


class RoomSeen:
    """Film, chat, settings and roles; two viewers at one position must see the same."""

    def __init__(self) -> None:
        self.video: Message = {}
        self.waiting: Message | None = None
        self.chat: list[Message] = []
        self.settings: Message = {}
        self.roles: dict[str, str] = {}
        """By person, of those who are here or were given one."""
        self.is_closed = False

    def replace(self, joined: Message) -> None:
        """A snapshot says all of it; where events came in its place, they say it."""
        if "videoState" not in joined:
            return
        self.video = _of(joined["videoState"], VIDEO_FIELDS)
        self.waiting = joined.get("waiting")
        self.chat = [dict(message) for message in joined["chat"]]
        self.settings = dict(joined["room"]["settings"])
        self.roles = {user["person"]: user["role"] for user in joined["users"]}

    def apply(self, event: Message) -> None:
        """One ordered event, in its turn."""
        match event["type"]:
            case "video:state":
                self.video, self.waiting = _of(event, VIDEO_FIELDS), None
            case "video:waiting":
                self.waiting = event
            case "chat:message":
                self.chat = [*self.chat, _plain(event)][-100:]
            case "chat:removed":
                self.chat = [line for line in self.chat if line["id"] != event["messageId"]]
            case "room:settings":
                self.settings = _plain(event)
            case "member:role":
                for person, role in self.roles.items():
                    if event["role"] == "owner" and role == "owner":
                        self.roles[person] = event.get("formerRole", "host")
                self.roles[event["person"]] = event["role"]
            case "room:closed":
                self.is_closed = True

    def compared(self) -> dict[str, Any]:
        """What has to be equal for all who stand at the same event."""
        chat = [(line["id"], line["text"], line["userId"]) for line in self.chat]
        return {"video": self.video, "chat": chat, "settings": self.settings}


def _of(message: Message, fields: tuple[str, ...]) -> Message:
    return {field: message[field] for field in fields}


def _plain(event: Message) -> Message:
    return {field: value for field, value in event.items() if field not in EVENT_FIELDS}
