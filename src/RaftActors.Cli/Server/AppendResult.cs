using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RaftActors.Cli.Server;

/// <summary>The result of an append. It tells the message that the log has for the request id, perhaps by an earlier run.</summary>
/// <param name="Attempt">The run that appended it, as in <see cref="AppendKey"/>, or empty if that is not known.</param>
internal readonly record struct AppendResult(long Serial, string Attempt, string Checksum)
{
    private const int ChecksumBytes = 8;

    public static string ChecksumOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, ChecksumBytes));

    /// <exception cref="FormatException">The text is malformed.</exception>
    public static AppendResult Parse(string text) => text.Split(' ') is [var serial, var attempt, var checksum]
        ? new AppendResult(long.Parse(serial, NumberStyles.None), attempt, checksum)
        : throw new FormatException($"'{text}' is no result of an append.");

    public override string ToString() => $"{Serial} {Attempt} {Checksum}";
}
