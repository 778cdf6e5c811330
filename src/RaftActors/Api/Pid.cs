using RaftActors.Core;

namespace RaftActors;

/// <summary>
/// A raft process: its name, and a short form for print. The short form <c>&lt;1B30E9C5.0.1008&gt;</c> is a checksum of the node's name
/// and the process's number on that node, as Ergo prints it.
/// </summary>
/// <param name="Name">The full name. It identifies the process.</param>
/// <param name="Number">
/// The number in one run of the node, counted up from 1008. 0 as long as this process has not met the other one. It identifies nothing
/// beyond that run.
/// </param>
public readonly record struct Pid(ProcessName Name, long Number)
{
    internal const long FirstNumber = 1008;

    // The reflected polynomial of CRC-32Q. Initial value: all ones. Result: complemented. This gives the checksums that Ergo prints.
    private const uint Polynomial = 0xD5828281;

    /// <summary>The name of the process's node: <c>node1@localhost</c>.</summary>
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
