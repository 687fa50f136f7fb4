"""The same sign-in in a real browser: Chromium, headless, driven by WebDriver."""

import sys

import pytest

PROGRAM = """
import sys
import pyodbc
try:
    print(pyodbc.connect(sys.argv[1]).execute("SELECT count(*) FROM people").fetchval())
except pyodbc.Error as error:
    print(error.args[0], error.args[1])
"""

# Signs in as a person does, and shows the page the driver's listener answers with.
BROWSER = """
import sys, tempfile
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
options = webdriver.ChromeOptions()
options.binary_location = "/usr/bin/chromium"
for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--user-data-dir=" + tempfile.mkdtemp(dir=sys.argv[3])):
    options.add_argument(flag)
driver = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
try:
    driver.get(sys.argv[1])
    wait = WebDriverWait(driver, 30)
    wait.until(lambda d: d.find_elements(By.CSS_SELECTOR, "input[type=password]"))
    driver.find_element(By.CSS_SELECTOR, "input[type=email]").send_keys("ada@example.com")
    password = driver.find_element(By.CSS_SELECTOR, "input[type=password]")
    password.send_keys("secret")
    password.submit()
    wait.until(lambda d: [b for b in d.find_elements(By.TAG_NAME, "button") if b.text == sys.argv[2]])
    next(b for b in driver.find_elements(By.TAG_NAME, "button") if b.text == sys.argv[2]).click()
    wait.until(lambda d: d.current_url.startswith(("http://localhost:", "https://localhost:", "chrome-error:")))
    if warned := driver.find_elements(By.ID, "details-button"):
        open(sys.argv[3] + "/warned.txt", "w").write(driver.find_element(By.TAG_NAME, "body").text)
        warned[0].click()
        driver.find_element(By.ID, "proceed-link").click()
        wait.until(lambda d: not d.find_elements(By.ID, "details-button") and d.find_elements(By.TAG_NAME, "h1"))
    open(sys.argv[3] + "/page.txt", "w").write(driver.find_element(By.TAG_NAME, "body").text)
    driver.save_screenshot(sys.argv[3] + "/page.png")
finally:
    driver.quit()
"""


@pytest.mark.parametrize(
    ("button", "answer", "page"), [("Allow", "2", "signed in"), ("Cancel", "28000", "denied")]
)
def test_a_person_signs_in_with_chromium(place, button, answer, page):
    place.document("people.json", [{"name": "Ada"}, {"name": "Grace"}])
    simulator = place.simulator()
    script = place.folder / "browser.py"
    script.write_text(BROWSER)
    result = place.python(
        PROGRAM,
        place.connection_string(simulator, "dropbox:///people.json"),
        environment={"BROWSER": f"{sys.executable} {script} %s {button} {place.folder}"},
    )
    assert result.stdout.startswith(answer), result
    # The browser may still be reading the page when the driver has its code.
    assert place.wait_for(lambda: (place.folder / "page.png").exists()), "the browser never saw the last page"
    assert page in (place.folder / "page.txt").read_text().lower()


def test_a_person_goes_on_past_the_warning_of_a_self_signed_certificate(place):
    """An https callback: the first handshake fails, the second is the person's decision."""
    place.callback = f"https://localhost:{place.callback_port}"
    place.document("people.json", [{"name": "Ada"}, {"name": "Grace"}])
    simulator = place.simulator()
    script = place.folder / "browser.py"
    script.write_text(BROWSER)
    result = place.python(
        PROGRAM,
        place.connection_string(simulator, "dropbox:///people.json"),
        environment={"BROWSER": f"{sys.executable} {script} %s Allow {place.folder}"},
    )
    assert result.stdout.startswith("2"), result
    assert place.wait_for(lambda: (place.folder / "page.png").exists()), "the browser never saw the last page"
    assert "signed in" in (place.folder / "page.txt").read_text().lower()
    assert (place.folder / "warned.txt").exists()
