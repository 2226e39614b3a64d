/**
 * All sums of one hour, or of one whole day of the person, by every combination of dimensions (`rollup_dims`) in one value: for questions by
 * more dimensions than `slices` holds. Also right only where `slice_spans` says so; the spans are made again, now with packs.
 */
export const slicePacksSchema = `
CREATE TABLE slice_packs (
  grain INTEGER NOT NULL,
  at INTEGER NOT NULL,
  pack BLOB NOT NULL,
  PRIMARY KEY (grain, at)
);
DELETE FROM slice_spans;
`;
