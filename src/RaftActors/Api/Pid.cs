using RaftActors.Core;

namespace RaftActors;

/// <summary>
/// What a raft process is called in print: <c>&lt;1B30E9C5.0.1008&gt;</c>, a check sum of its node's name and its number on that node.
/// The first process of a node has number 1008. The number is 0 as long as this process has not met the other one.
/// </summary>
/// <param name="Name">
/// The process; its identity, where <paramref name="Number"/> only tells apart the processes of one run of a node.
/// </param>
/// <param name="Number">Counted up from 1008 in each run of the node.</param>
public readonly record struct Pid(ProcessName Name, long Number)
{
    internal const long FirstNumber = 1008;

    // The reflected polynomial of CRC-32Q. With all ones in and the complement out it gives the check sums that Ergo prints.
    private const uint Polynomial = 0xD5828281;

    /// <summary>The name of the node that the process runs on: <c>node1@localhost</c>.</summary>
    public string Node => Name.Node;

    /// <inheritdoc/>
    public override string ToString() => $"<{NodeChecksum(Node):X8}.{Number >> 32}.{(uint)Number}>";

    internal static uint NodeChecksum(string node)
    {
        var checksum = uint.MaxValue;
        foreach (var octet in System.Text.Encoding.UTF8.GetBytes(node))
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
