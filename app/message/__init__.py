"""Threads between a client, the people they let in and the team, and what is written in them."""

from app.message.acts import post, read_up_to, start
from app.message.inbox import Waiting, inbox
from app.message.threads import MESSAGES, THREAD, Message, Thread, latest, newest, thread, threads, unread

__all__ = [
    "MESSAGES", "THREAD", "Message", "Thread", "Waiting", "inbox", "latest", "newest", "post", "read_up_to", "start",
    "thread", "threads", "unread",
]  # fmt: skip
