-- publish: appends an entry, unless its version was published.
-- ARGV 5 entry, 6 version or ''
-- Returns { epoch, offset }: where it stands, or the log's top if it was passed over.
open()
local version = ARGV[6]
if version ~= '' then
  if not above(version, redis.call('HGET', META, 'version') or '0') then
    return done({ EPOCH, top() })
  end
  redis.call('HSET', META, 'version', version)
end
return done({ EPOCH, append(ARGV[5]) })
