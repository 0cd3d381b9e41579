"""A real master, its replica, and three Sentinels that choose between them."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from sync.redis_place import Place
from tests.ports import port_of, reserve_port
from tests.redis_server import RedisServer

MASTER = "rooms"
SENTINELS = 3
START_S = 15
FAIL_OVER_S = 20

CONFIG = """
port {port}
bind 127.0.0.1
dir {folder}
sentinel monitor {name} 127.0.0.1 {master} 2
sentinel down-after-milliseconds {name} 1000
sentinel failover-timeout {name} 4000
sentinel parallel-syncs {name} 1
"""


class Sentinels:
    """Started with two Redis of which the first is the master; ends all of it."""

    def __init__(self) -> None:
        self.nodes = [RedisServer(), RedisServer()]
        self._folder = Path(tempfile.mkdtemp(prefix="csw-sentinel-"))
        self._places = [reserve_port() for _ in range(SENTINELS)]
        self.ports = [port_of(place) for place in self._places]
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def place(self) -> Place:
        """As the product knows it."""
        return Place(MASTER, sentinels=tuple(("127.0.0.1", port) for port in self.ports))

    @property
    def addresses(self) -> str:
        """For REDIS_SENTINELS."""
        return ",".join(f"127.0.0.1:{port}" for port in self.ports)

    def start(self) -> None:
        """Return once the replica has caught up and every Sentinel knows all others."""
        for node in self.nodes:
            node.start()
        master, replica = self.nodes
        with closing(replica.client()) as client:
            client.replicaof("127.0.0.1", master.port)
        self.until(lambda: self._replicas() == 1, START_S)
        for number, (place, port) in enumerate(zip(self._places, self.ports, strict=True)):
            place.close()
            folder = self._folder / str(number)
            folder.mkdir()
            file = folder / "sentinel.conf"
            file.write_text(
                CONFIG.format(port=port, folder=folder, name=MASTER, master=master.port)
            )
            program = shutil.which("redis-server") or ""
            assert program, "Redis is missing: sudo apt-get install redis-server"
            self._processes.append(
                subprocess.Popen(
                    [program, str(file), "--sentinel"],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                )
            )
        self.until(lambda: all(self._knows_all(port) for port in self.ports), START_S)

    @property
    def master(self) -> RedisServer:
        """Whom the Sentinels name."""
        with closing(Redis(port=self.ports[0], decode_responses=True)) as sentinel:
            _, port = sentinel.execute_command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER)
        return next(node for node in self.nodes if node.port == int(port))

    @property
    def replica(self) -> RedisServer:
        """The other one."""
        master = self.master
        return next(node for node in self.nodes if node is not master)

    def fail_over(self) -> float:
        """Kill the master; returns after how many seconds the Sentinels name the other one."""
        old, new = self.master, self.replica
        began_s = time.monotonic()
        old.kill()
        self.until(lambda: self.master is new and self._role(new) == "master", FAIL_OVER_S)
        return time.monotonic() - began_s

    def end(self) -> None:
        """All of it is gone."""
        for process in self._processes:
            process.kill()
            process.wait(timeout=10)
        for node in self.nodes:
            node.end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def until(self, look: Callable[[], bool], within_s: float) -> None:
        """Wait until something shows; those who are asked may not answer yet."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            with suppress(RedisError):
                if look():
                    return
            time.sleep(0.05)
        raise AssertionError("Redis and its Sentinels do not come to it")

    def _replicas(self) -> int:
        with closing(self.nodes[0].client()) as client:
            told = client.info("replication")
        states = [
            one["state"]
            for key, one in told.items()
            if key.startswith("slave") and isinstance(one, dict)
        ]
        return states.count("online")

    def _knows_all(self, port: int) -> bool:
        with closing(Redis(port=port, decode_responses=True)) as sentinel:
            told: Any = sentinel.sentinel_master(MASTER)
        return bool(told["num-other-sentinels"] == SENTINELS - 1 and told["num-slaves"] == 1)

    def _role(self, node: RedisServer) -> str:
        with closing(node.client()) as client:
            return str(client.info("replication")["role"])
