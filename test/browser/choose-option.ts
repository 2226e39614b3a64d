import { type Locator, page } from 'vitest/browser';

/** Opens a list as a person does and takes one of its choices. */
export async function chooseOption(list: Locator, name: string): Promise<void> {
  await list.click();
  await page.getByRole('option', { name, exact: true }).click();
}
