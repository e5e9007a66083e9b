-- since: what follows a position. Writes nothing, not even an epoch.
-- ARGV 5 epoch, 6 offset, 7 how many at most
-- Returns the entries after it, oldest first; nil for a gap.
local meta = redis.call('HMGET', META, 'epoch', 'top')
local after = tonumber(ARGV[6])
if meta[1] ~= ARGV[5] or after > tonumber(meta[2]) or not of_this_life(meta[1]) then
  return false
end
if after == tonumber(meta[2]) then
  return {}
end
local first = string.format('%.0f-0', after + 1)
local rows = redis.call('XRANGE', LOG, first, '+', 'COUNT', ARGV[7])
if not rows[1] or rows[1][1] ~= first then
  return false
end
local entries = {}
for i, row in ipairs(rows) do
  entries[i] = row[2][2]
end
return entries
