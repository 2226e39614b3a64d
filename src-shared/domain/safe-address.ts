/** Whether something may be sent there: https anywhere, http only on this machine, no credentials; '' is nowhere. */
export function isSafeAddress(text: string): boolean {
  if (text === '') return true;
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  if (url.protocol === 'https:') return true;
  const { hostname } = url;
  const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  return url.protocol === 'http:' && isHere;
}
