/** Stands wherever a ChatGPT login is added, and at the first start. The person decides. */
export const chatgptTerms =
  'Using a ChatGPT login outside OpenAI’s own apps may conflict with OpenAI’s terms. API keys are the sanctioned way. ' +
  'Add only logins of your own.';
