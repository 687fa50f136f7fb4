"""A person at oidc-provider: headless Chromium signs in and presses the button given (its text), then keeps the page.

    chromium_oidc.py URL BUTTON FOLDER
"""

import pathlib
import sys

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

import chromium


def main(url, button, folder):
    with chromium.started(folder) as driver:
        wait = WebDriverWait(driver, 30)
        driver.get(url)
        password = wait.until(lambda d: d.find_element(By.NAME, "password"))
        driver.find_element(By.NAME, "login").send_keys("alice")
        password.send_keys("secret")
        driver.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
        wait.until(lambda d: d.find_elements(By.XPATH, f"//*[text()='{button}']"))
        driver.find_element(By.XPATH, f"//*[text()='{button}']").click()
        wait.until(lambda d: d.current_url.startswith("http://localhost:"))
        page = wait.until(lambda d: d.find_element(By.TAG_NAME, "body").text)
        # Whole or not there: the test waits for the file.
        file = pathlib.Path(folder, "page.part")
        file.write_text(page, encoding="utf-8")
        file.rename(file.with_suffix(".txt"))


if __name__ == "__main__":
    main(*sys.argv[1:])
