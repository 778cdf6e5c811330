using System.Text;

using RaftActors;

namespace FourNodes;

/// <summary>
/// The short forms that Ergo prints: <c>&lt;1B30E9C5.0.1008&gt;</c> for a process, and <c>Ref#&lt;1B30E9C5.138519.23452.0&gt;</c> for a
/// request. Both begin with a checksum of the node's name.
/// </summary>
internal static class Pid
{
    // Ergo counts the processes of a node from here. Each node of the demo has one.
    private const int FirstNumber = 1008;

    // The reflected polynomial of CRC-32Q. Initial value: all ones. Result: complemented. This gives the checksums that Ergo prints.
    private const uint Polynomial = 0xD5828281;

    public static string Of(ProcessName name) => $"<{Checksum(name.Node):X8}.0.{FirstNumber}>";

    /// <summary>The number of the request, two octets of its store's incarnation, and the number of the start on that store.</summary>
    public static string Of(RequestRef request)
    {
        var life = BitConverter.ToUInt16(request.Incarnation.Value.ToByteArray());
        return $"Ref#<{Checksum(request.Origin.Node):X8}.{(uint)request.Number}.{life}.{request.Number >> 32}>";
    }

    private static uint Checksum(string node)
    {
        var checksum = uint.MaxValue;
        foreach (var octet in Encoding.UTF8.GetBytes(node))
        {
            checksum ^= octet;
            for (var bit = 0; bit < 8; bit++)
            {
                checksum = (checksum & 1) == 0 ? checksum >> 1 : (checksum >> 1) ^ Polynomial;
            }
        }

        return ~checksum;
    }
}
