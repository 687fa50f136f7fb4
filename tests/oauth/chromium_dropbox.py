"""A person at the Dropbox simulator: signs in, presses a button, and keeps the page the driver's listener answers with.

    chromium_dropbox.py URL BUTTON FOLDER
"""

import sys

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

import chromium


def main(url, button, folder):
    with chromium.started(folder) as driver:
        driver.get(url)
        wait = WebDriverWait(driver, 30)
        wait.until(lambda d: d.find_elements(By.CSS_SELECTOR, "input[type=password]"))
        driver.find_element(By.CSS_SELECTOR, "input[type=email]").send_keys("ada@example.com")
        password = driver.find_element(By.CSS_SELECTOR, "input[type=password]")
        password.send_keys("secret")
        password.submit()
        wait.until(lambda d: [b for b in d.find_elements(By.TAG_NAME, "button") if b.text == button])
        next(b for b in driver.find_elements(By.TAG_NAME, "button") if b.text == button).click()
        wait.until(lambda d: d.current_url.startswith(("http://localhost:", "https://localhost:", "chrome-error:")))
        if warned := driver.find_elements(By.ID, "details-button"):
            open(folder + "/warned.txt", "w").write(driver.find_element(By.TAG_NAME, "body").text)
            warned[0].click()
            driver.find_element(By.ID, "proceed-link").click()
            wait.until(lambda d: not d.find_elements(By.ID, "details-button") and d.find_elements(By.TAG_NAME, "h1"))
        open(folder + "/page.txt", "w").write(driver.find_element(By.TAG_NAME, "body").text)
        driver.save_screenshot(folder + "/page.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
