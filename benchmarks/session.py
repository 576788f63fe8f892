"""Sessions, without the page that asks for a password."""

from odoo import http


def make_session(user):
    """Log a user in; return the session's cookie.

    :param user: res.users, as superuser
    """
    session = http.root.session_store.new()
    database = user.env.cr.dbname
    session.update(http.get_default_session(), db=database, _trace_disable=True)
    session.uid, session.login = user.id, user.login
    session.context = {"lang": "en_US", "tz": user.tz or "UTC", "uid": user.id}
    session.session_token = user._compute_session_token(session.sid)
    http.root.session_store.save(session)
    return session.sid
