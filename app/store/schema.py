"""The steps from an empty file to today's history. Append only: a released step never changes."""

from __future__ import annotations

MIGRATIONS = (
    """
    CREATE TABLE chats (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        title TEXT NOT NULL,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        deleted_at REAL
    );
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chat_id INTEGER NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
        role TEXT NOT NULL,
        text TEXT NOT NULL,
        state TEXT NOT NULL,
        model TEXT NOT NULL DEFAULT '',
        error TEXT NOT NULL DEFAULT '',
        created_at REAL NOT NULL
    );
    CREATE INDEX messages_of_chat ON messages(chat_id, id);
    """,
    # Messages become a tree; chats get a head, pins, drafts; all that was said can be searched.
    # A message is indexed once it is whole, not at each save while it is written.
    """
    ALTER TABLE messages ADD COLUMN parent_id INTEGER REFERENCES messages(id) ON DELETE SET NULL;
    ALTER TABLE messages ADD COLUMN deleted_at REAL;
    ALTER TABLE chats ADD COLUMN head_id INTEGER;
    ALTER TABLE chats ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE chats ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
    UPDATE messages SET parent_id = (
        SELECT MAX(earlier.id) FROM messages AS earlier
        WHERE earlier.chat_id = messages.chat_id AND earlier.id < messages.id
    );
    UPDATE chats SET head_id = (SELECT MAX(id) FROM messages WHERE chat_id = chats.id);
    CREATE TABLE drafts (chat_id INTEGER PRIMARY KEY, text TEXT NOT NULL);
    CREATE TABLE edits (
        message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
        block INTEGER NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (message_id, block)
    );
    CREATE VIRTUAL TABLE said USING fts5(
        text, content='messages', content_rowid='id', tokenize='trigram'
    );
    INSERT INTO said(rowid, text) SELECT id, text FROM messages WHERE state <> 'writing';
    CREATE TRIGGER said_added AFTER INSERT ON messages WHEN new.state <> 'writing' BEGIN
        INSERT INTO said(rowid, text) VALUES (new.id, new.text);
    END;
    CREATE TRIGGER said_removed AFTER DELETE ON messages WHEN old.state <> 'writing' BEGIN
        INSERT INTO said(said, rowid, text) VALUES ('delete', old.id, old.text);
    END;
    CREATE TRIGGER said_unsaid AFTER UPDATE OF text, state ON messages
    WHEN old.state <> 'writing' BEGIN
        INSERT INTO said(said, rowid, text) VALUES ('delete', old.id, old.text);
    END;
    CREATE TRIGGER said_whole AFTER UPDATE OF text, state ON messages
    WHEN new.state <> 'writing' BEGIN
        INSERT INTO said(rowid, text) VALUES (new.id, new.text);
    END;
    """,
    # How each answer was made, so that it can be made again; snippets; tags of chats.
    """
    ALTER TABLE chats ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
    CREATE TABLE origins (
        message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
        origin BLOB NOT NULL
    );
    CREATE TABLE snippets (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        text TEXT NOT NULL,
        language TEXT NOT NULL,
        tags TEXT NOT NULL DEFAULT '[]',
        model TEXT NOT NULL DEFAULT '',
        source BLOB,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        deleted_at REAL
    );
    CREATE TABLE fingerprints (
        path TEXT PRIMARY KEY,
        size_bytes INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL,
        sha256 TEXT NOT NULL
    );
    """,
    # All that was said is indexed as it is compared: see `app.text.folding`, whose function SQL
    # knows as `folded`. Only what that changes beyond its case is indexed anew: 40 MB take half
    # a minute. One trigger for changes: of two, the one that adds ran first, and what it added
    # was taken away again. Times in milliseconds came with imports, and are seconds.
    """
    DROP TRIGGER said_added;
    DROP TRIGGER said_removed;
    DROP TRIGGER said_unsaid;
    DROP TRIGGER said_whole;
    INSERT INTO said(said, rowid, text)
        SELECT 'delete', id, text FROM messages
        WHERE state <> 'writing' AND folded(text) <> lower(text);
    INSERT INTO said(rowid, text)
        SELECT id, folded(text) FROM messages
        WHERE state <> 'writing' AND folded(text) <> lower(text);
    CREATE TRIGGER said_added AFTER INSERT ON messages WHEN new.state <> 'writing' BEGIN
        INSERT INTO said(rowid, text) VALUES (new.id, folded(new.text));
    END;
    CREATE TRIGGER said_removed AFTER DELETE ON messages WHEN old.state <> 'writing' BEGIN
        INSERT INTO said(said, rowid, text) VALUES ('delete', old.id, folded(old.text));
    END;
    CREATE TRIGGER said_changed AFTER UPDATE OF text, state ON messages BEGIN
        INSERT INTO said(said, rowid, text)
            SELECT 'delete', old.id, folded(old.text) WHERE old.state <> 'writing';
        INSERT INTO said(rowid, text)
            SELECT new.id, folded(new.text) WHERE new.state <> 'writing';
    END;
    UPDATE chats SET created_at = created_at / 1000.0 WHERE created_at BETWEEN 1e11 AND 1e14;
    UPDATE chats SET updated_at = updated_at / 1000.0 WHERE updated_at BETWEEN 1e11 AND 1e14;
    UPDATE messages SET created_at = created_at / 1000.0 WHERE created_at BETWEEN 1e11 AND 1e14;
    """,
    # Words of one and two characters get an index, see `app.text.short_pieces`: only of messages
    # after `said_short_after`, so that this step takes no time. What was said before is searched
    # as it stands until `app.store.short_index` has brought that number down to 0.
    """
    CREATE VIRTUAL TABLE said_short USING fts5(
        pieces, content='', detail=none, columnsize=0, tokenize='ascii'
    );
    CREATE TABLE said_short_after (id INTEGER NOT NULL);
    INSERT INTO said_short_after SELECT coalesce(max(id), 0) FROM messages;
    CREATE TRIGGER said_short_added AFTER INSERT ON messages
    WHEN new.state <> 'writing' AND new.id > (SELECT id FROM said_short_after) BEGIN
        INSERT INTO said_short(rowid, pieces) VALUES (new.id, short_pieces(new.text));
    END;
    CREATE TRIGGER said_short_removed AFTER DELETE ON messages
    WHEN old.state <> 'writing' AND old.id > (SELECT id FROM said_short_after) BEGIN
        INSERT INTO said_short(said_short, rowid, pieces)
            VALUES ('delete', old.id, short_pieces(old.text));
    END;
    CREATE TRIGGER said_short_changed AFTER UPDATE OF text, state ON messages
    WHEN old.id > (SELECT id FROM said_short_after) BEGIN
        INSERT INTO said_short(said_short, rowid, pieces)
            SELECT 'delete', old.id, short_pieces(old.text) WHERE old.state <> 'writing';
        INSERT INTO said_short(rowid, pieces)
            SELECT new.id, short_pieces(new.text) WHERE new.state <> 'writing';
    END;
    """,
    # The files of a question that is not sent yet: see `app.store.draft_files`.
    """
    CREATE TABLE draft_files (id INTEGER PRIMARY KEY, attached BLOB NOT NULL);
    """,
)
