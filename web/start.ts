/** @module What takes longest, begun while the rest of the page is still on its way. */
import './style.css';
import { keptMode, models } from './host.ts';
import { hasGraphicsProcessor, load } from './private/loading.ts';

void hasGraphicsProcessor();
void models.then((response) => {
  if (!response?.ok || keptMode() === 'private') load();
});
void import('./main.ts');
