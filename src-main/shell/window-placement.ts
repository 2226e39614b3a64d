import { z } from 'zod';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const pixels = z.number().int().min(-100_000).max(100_000);
const size = z.number().int().min(1).max(100_000);
export const windowStateSchema = z.object({
  bounds: z.object({ x: pixels, y: pixels, width: size, height: size }),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

/** Without `x` and `y` the system puts the window where it likes, on a display that is there. */
export interface WindowPlacement {
  readonly bounds: Pick<Rectangle, 'width' | 'height'> & Partial<Pick<Rectangle, 'x' | 'y'>>;
  readonly maximized: boolean;
}

export const smallestWindow = { width: 480, height: 400 };
const usual = { width: 1280, height: 800 };
/** Of the strip along the upper edge, by which a window is moved, this much must be on a display (pixels). */
const handle = { width: 120, height: 32 };

/** Where the window opens: where it was, if a person can still reach it there with the displays of now, never larger than its display. */
export function placeWindow(saved: WindowState | null, workAreas: readonly Rectangle[]): WindowPlacement {
  if (saved === null) return { bounds: fitted(usual, workAreas[0]), maximized: false };
  const { bounds, maximized } = saved;
  for (const area of workAreas) {
    const placed = { x: bounds.x, y: bounds.y, ...fitted(bounds, area) };
    if (canBeGrasped(placed, area)) return { bounds: placed, maximized };
  }
  return { bounds: fitted(bounds, workAreas[0]), maximized };
}

function canBeGrasped({ x, y, width }: Rectangle, area: Rectangle): boolean {
  const across = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
  return across >= handle.width && y >= area.y && y + handle.height <= area.y + area.height;
}

function fitted({ width, height }: Pick<Rectangle, 'width' | 'height'>, area: Rectangle | undefined) {
  const within = (size: number, least: number, most: number | undefined): number =>
    Math.max(least, Math.min(size, most ?? size));
  return {
    width: within(width, smallestWindow.width, area?.width),
    height: within(height, smallestWindow.height, area?.height),
  };
}
