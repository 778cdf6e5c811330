using System.Security.Cryptography;

namespace RaftActors.Cli.Server;

/// <summary>
/// The key of a pair, with the request id of the message and the run of the program that appended it. The run tells whether the message of
/// a repeated request was there before.
/// </summary>
/// <param name="Attempt">Equal in all requests of one run.</param>
internal readonly record struct AppendKey(string Id, string Attempt)
{
    public const int AttemptLetters = 8;

    private const char Separator = '/';

    public static string NewAttempt() => RandomNumberGenerator.GetHexString(AttemptLetters, lowercase: true);

    /// <summary>Reads any text. Without a run, all of it is the request id.</summary>
    public static AppendKey Of(string key) =>
        key.Length > AttemptLetters && key[^(AttemptLetters + 1)] == Separator && key[^AttemptLetters..].All(char.IsAsciiHexDigitLower)
            ? new AppendKey(key[..^(AttemptLetters + 1)], key[^AttemptLetters..])
            : new AppendKey(key, "");

    public override string ToString() => $"{Id}{Separator}{Attempt}";
}
