#!/usr/bin/env python3
"""Stands in for the person at the browser: signs in to the Dropbox simulator and answers its consent page.

    consent.py [approve|deny] [--print] URL

Meant for BROWSER="python3 consent.py %s". What is answered may also come from LATCHKEY_CONSENT, who signs in from
LATCHKEY_CONSENT_EMAIL and LATCHKEY_CONSENT_PASSWORD. A certificate authority is taken from SSL_CERT_FILE. A browser
writes nothing to the terminal of the program that opened it, and neither does this, unless --print asks for the
address or the code it ended with.
"""

import html.parser
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

MAX_PAGES = 10
TIMEOUT = 30


class ConsentError(Exception):
    """The pages did not lead to an end; the message says where they stopped."""


class Form:
    """One form of a page: where it goes, what is filled in, and its buttons."""

    def __init__(self, action, method):
        self.action = action
        self.method = method
        self.fields = {}
        self.types = {}
        self.buttons = {}


class Page(html.parser.HTMLParser):
    """The forms of a page, and the code it may show."""

    def __init__(self, url, text):
        super().__init__()
        self.url = url
        self.text = text
        self.forms = []
        self.code = None
        self._form = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        name = given.get("name")
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "input" and name == "auth_code":
            self.code = given.get("value")
        elif tag == "input" and name and self._form:
            self._form.fields[name] = given.get("value", "")
            self._form.types[name] = given.get("type", "text")
        elif tag == "button" and name and self._form:
            self._form.buttons[given.get("value", "")] = name

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None


class Browser(urllib.request.HTTPRedirectHandler):
    """Keeps cookies, and stops at the first redirect that leaves the site it was sent to."""

    def __init__(self, url):
        self.site = origin(url)
        self.redirect = None
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(), self
        )

    def redirect_request(self, request, response, code, message, headers, target):
        if origin(target) != self.site:
            # `target` was normalised on the way; apps may depend on what was really sent.
            self.redirect = headers["Location"]
            return None
        return super().redirect_request(request, response, code, message, headers, target)

    def open(self, url, data=None):
        """The page at `url`, or None when the site has sent the browser elsewhere."""
        body = urllib.parse.urlencode(data).encode() if data is not None else None
        try:
            response = self._opener.open(url, body, timeout=TIMEOUT)
        except urllib.error.HTTPError as error:
            if self.redirect:
                return None
            response = error
        with response:
            return Page(response.geturl(), response.read().decode("utf-8", "replace"))


def origin(url):
    parts = urllib.parse.urlsplit(url)
    return parts.scheme, parts.netloc


def answer(url, decision="approve", email="ada@example.com", password="correct horse"):
    """Signs in and decides; gives the redirect back to the app, or the last page when there is none."""
    browser = Browser(url)
    page = browser.open(url)
    signed_in = False
    for _ in range(MAX_PAGES):
        if page is None:
            return browser.redirect, None
        if not page.forms:
            return None, page
        form = page.forms[0]
        fields = dict(form.fields)
        if "password" in form.types.values():
            if signed_in:
                raise ConsentError(f"{page.url} does not accept the password of {email}.")
            signed_in = True
            values = {"email": email, "password": password}
            fields.update({name: values[kind] for name, kind in form.types.items() if kind in values})
        else:
            wanted = "allow" if decision == "approve" else "cancel"
            if wanted not in form.buttons:
                raise ConsentError(f"{page.url} has no button \"{wanted}\".")
            fields[form.buttons[wanted]] = wanted
        page = browser.open(urllib.parse.urljoin(page.url, form.action), fields)
    raise ConsentError(f"No end after {MAX_PAGES} pages; the last was {page.url if page else browser.redirect}.")


def main(arguments):
    printing = "--print" in arguments
    words = [word for word in arguments if word != "--print"]
    decision = os.environ.get("LATCHKEY_CONSENT") or "approve"
    if words and words[0] in ("approve", "deny"):
        decision = words.pop(0)
    if len(words) != 1 or decision not in ("approve", "deny"):
        print(__doc__, file=sys.stderr)
        return 2

    email = os.environ.get("LATCHKEY_CONSENT_EMAIL", "ada@example.com")
    password = os.environ.get("LATCHKEY_CONSENT_PASSWORD", "correct horse")
    try:
        redirect, page = answer(words[0], decision, email, password)
        # The person who copies the address by hand has nobody listening there.
        if redirect and not printing:
            Browser(redirect).open(redirect)
    except (ConsentError, OSError) as error:
        print(f"consent.py: {error}", file=sys.stderr)
        return 1
    if printing:
        print(redirect or page.code or page.text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
