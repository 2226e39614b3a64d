import { z } from 'zod';

// zod probes for `eval`, which the page's policy forbids and would report. Imported before any schema is made.
z.config({ jitless: true });
