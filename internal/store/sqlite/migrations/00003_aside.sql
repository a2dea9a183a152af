-- +goose Up
-- trouble says why something of a delivery could not be decided, '' for nothing:
-- such a delivery is kept whole, and can be decided anew. cut is 1 once the payload
-- is gone and the row alone is left.

ALTER TABLE deliveries ADD COLUMN trouble TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN cut INTEGER NOT NULL DEFAULT 0;
UPDATE deliveries SET trouble = note
    WHERE settled_at > 0 AND (note IN ('the decision failed', 'the delivery cannot be read') OR note LIKE 'set aside: %');
CREATE INDEX deliveries_aside ON deliveries (installation, seq) WHERE trouble <> '';
CREATE INDEX deliveries_whole ON deliveries (installation, settled_at) WHERE settled_at > 0 AND cut = 0;
