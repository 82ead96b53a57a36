"""A chat's messages as a tree: what follows what, and which path through it is shown."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace

from app.core.chats import StoredMessage
from app.core.messages import Role
from app.store.stored import message_of


@dataclass(frozen=True, slots=True)
class Node:
    """A message in its chat's tree."""

    message: StoredMessage
    is_deleted: bool

    @property
    def id(self) -> int:
        """Return the message's id."""
        return self.message.id


def read_tree(connection: sqlite3.Connection, chat_id: int) -> dict[int, Node]:
    """Return all messages of a chat by their ids, in order; parents have the lower ones."""
    rows = connection.execute(
        "SELECT id, chat_id, role, text, state, model, error, created_at, parent_id, deleted_at"
        " FROM messages WHERE chat_id = ? ORDER BY id",
        (chat_id,),
    )
    nodes: dict[int, Node] = {}
    for row in rows:
        parent = nodes.get(row[8]) if isinstance(row[8], int) else None
        message = message_of(row[:9], before=parent.message.role if parent else None)
        nodes[message.id] = Node(message, is_deleted=row[9] is not None)
    return nodes


def path_to(tree: dict[int, Node], head_id: object) -> list[StoredMessage]:
    """Return the messages from the first to `head_id`, with their alternatives.

    Where there is no such message the path ends with the newest.
    """
    path: list[StoredMessage] = []
    places: dict[tuple[int | None, Role], list[int]] = {}
    for node in tree.values():
        if not node.is_deleted:
            place = (node.message.parent_id, node.message.role)
            places.setdefault(place, []).append(node.id)
    at = head_id if isinstance(head_id, int) and head_id in tree else max(tree, default=None)
    while at is not None and at in tree:
        node = tree[at]
        at = node.message.parent_id
        if not node.is_deleted:
            place = (node.message.parent_id, node.message.role)
            path.append(replace(node.message, alternatives=tuple(places[place])))
    return path[::-1]


def is_in_place_of(one: Node, other: Node) -> bool:
    """Tell whether two messages are versions of each other."""
    return (one.message.parent_id, one.message.role) == (
        other.message.parent_id,
        other.message.role,
    )


def newest_end(tree: dict[int, Node], message_id: int) -> int:
    """Follow the newest children down to the last message; children have the higher ids."""
    children: dict[int, int] = {}
    for node in sorted(tree.values(), key=lambda node: node.id, reverse=True):
        if node.is_deleted and node.id not in children:
            continue  # neither it nor anything after it can be seen
        if node.message.parent_id is not None:
            children.setdefault(node.message.parent_id, node.id)
    while message_id in children:
        message_id = children[message_id]
    return message_id
