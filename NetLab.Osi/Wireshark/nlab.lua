-- NetLab's TCP over UDP for Wireshark and tshark: shows each datagram with Wireshark's own TCP dissector, and what is above it.
--
-- Wireshark: put this file into the folder of personal Lua plugins (Help, About, Folders). tshark: -X lua_script:nlab.lua
--
-- One datagram carries exactly one segment of RFC 9293. Its checksum is TCP's over a pseudo-header whose two addresses are
-- zero, so that a relay or a NAT does not break it; that is how a datagram is recognized, whatever its ports.

local nlab = Proto("nlab", "NetLab TCP over UDP")
local tcp = Dissector.get("tcp")

local TCP_PROTOCOL = 6
local MIN_HEADER = 20

nlab.prefs.heuristic = Pref.bool("Recognize by checksum", true, "Look at datagrams of every port; off: only where Decode As says so")

-- The Internet checksum (RFC 1071) of the segment and of a pseudo-header without addresses.
local function checksum_fits(buffer)
    local length = buffer:len()
    local sum = TCP_PROTOCOL + length
    local bytes = buffer:bytes()
    for i = 0, length - 2, 2 do
        sum = sum + bytes:get_index(i) * 256 + bytes:get_index(i + 1)
    end
    if length % 2 == 1 then
        sum = sum + bytes:get_index(length - 1) * 256
    end
    while sum > 0xFFFF do
        sum = math.floor(sum / 0x10000) + sum % 0x10000
    end
    return sum == 0xFFFF
end

local function is_segment(buffer)
    -- What the capture cut cannot be summed.
    if buffer:len() < MIN_HEADER or buffer:reported_len() ~= buffer:len() then
        return false
    end
    local header = math.floor(buffer(12, 1):uint() / 16) * 4
    -- Of the four bits behind the data offset only the last, AE (RFC 9768), is in use.
    local reserved = buffer(12, 1):uint() % 16
    return header >= MIN_HEADER and header <= buffer:len() and reserved <= 1 and checksum_fits(buffer)
end

function nlab.dissector(buffer, pinfo, tree)
    tcp:call(buffer, pinfo, tree)
    return buffer:len()
end

local function heuristic(buffer, pinfo, tree)
    if not nlab.prefs.heuristic or not is_segment(buffer) then
        return false
    end
    -- The rest of the conversation is its too, the damaged datagrams included.
    pinfo.conversation = nlab
    nlab.dissector(buffer, pinfo, tree)
    return true
end

nlab:register_heuristic("udp", heuristic)
DissectorTable.get("udp.port"):add_for_decode_as(nlab)
