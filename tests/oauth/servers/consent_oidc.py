#!/usr/bin/env python3
"""Stands in for the person at oidc-provider: signs in as alice and consents, or denies.

    consent_oidc.py URL [approve|deny] [--print]

Meant for BROWSER="python3 consent_oidc.py %s". --print prints where the browser would be sent instead of going there.
Servers that ask nobody and send the browser back at once work as well. The URL of a device's code, which nobody is sent
away from, works too.
"""

import html.parser
import sys
import urllib.error
import urllib.parse
import urllib.request

MAX_PAGES = 10


class Page(html.parser.HTMLParser):
    """The form of a page with its filled-in fields, and the link that denies."""

    def __init__(self, text):
        super().__init__()
        self.action, self.fields, self.abort = None, {}, None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.action = given["action"]
        elif tag == "input" and "name" in given:
            self.fields[given["name"]] = given.get("value", "")
        elif tag == "a" and given.get("href", "").endswith("/abort"):
            self.abort = given["href"]


class Browser(urllib.request.HTTPRedirectHandler):
    """Keeps cookies, and stops at the redirect that leaves the site."""

    def __init__(self, url):
        self.host = urllib.parse.urlsplit(url).netloc
        self.left = None
        proxies = urllib.request.ProxyHandler({})
        self.opener = urllib.request.build_opener(proxies, urllib.request.HTTPCookieProcessor(), self)

    def redirect_request(self, request, response, code, message, headers, target):
        if urllib.parse.urlsplit(target).netloc != self.host:
            self.left = headers["Location"]
            return None
        return super().redirect_request(request, response, code, message, headers, target)

    def open(self, url, fields=None):
        """The page, or None when the browser was sent elsewhere."""
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        try:
            with self.opener.open(url, data, timeout=30) as answer:
                return answer.geturl(), Page(answer.read().decode())
        except urllib.error.HTTPError:
            if self.left:
                return None
            raise


def answer(url, decision):
    """Where the browser is sent, or stays, in the end."""
    browser = Browser(url)
    here = browser.open(url)
    for _ in range(MAX_PAGES):
        if here is None:
            return browser.left
        at, page = here
        if page.action is None:
            return at
        if decision == "deny" and page.abort:
            here = browser.open(urllib.parse.urljoin(at, page.abort))
            continue
        given = {"login": "alice", "password": "x"}
        fields = {name: given.get(name, value) for name, value in page.fields.items()}
        target = urllib.parse.urljoin(at, page.action)
        here = browser.open(target, fields)
        if urllib.parse.urlsplit(target).netloc != browser.host:
            # The page had the browser post the answer (response_mode=form_post), which is done now.
            return url
    raise SystemExit(f"no end after {MAX_PAGES} pages")


def main(url, *words):
    redirect = answer(url, "deny" if "deny" in words else "approve")
    if "--print" in words:
        print(redirect)
    elif urllib.parse.urlsplit(redirect).netloc != urllib.parse.urlsplit(url).netloc:
        Browser(redirect).open(redirect)


if __name__ == "__main__":
    main(*sys.argv[1:])
