using System.Collections.Immutable;
using System.Security.Cryptography;

using RaftActors.Core;

namespace RaftActors.Storage.Tests.Contract;

/// <summary>Prints values completely: two values are equal if and only if their texts are.</summary>
internal static class StoreText
{
    public static string Of(HardState state) =>
        $"term {state.Term}, vote {Of(state.VotedFor)}, "
        + $"recorded [{Join(state.Recorded, one => $"{Of(one.Member)} start {Of(one.Boot)}")}], "
        + $"admitted {state.IsAdmitted}, group {state.Group.Value:N}, start {Of(state.Boot)}, "
        + $"fence {(state.Fence is { } fence ? $"{fence.Reason} {fence.Serial}" : "none")}"
        + (state.Roster.IsEmpty ? "" : $", roster [{string.Join(' ', state.Roster)}]");

    public static string Of(LogEntry entry) => $"{entry.Index}/{entry.Term} s{entry.Serial} {Of(entry.Payload)} at {entry.Time}";

    public static string Of(LogPosition position) => $"{position} #{position.Hash:x} at {position.Time}";

    public static string Of(Snapshot? snapshot) => snapshot is null
        ? "none"
        : $"{Of(snapshot.Position)}, configuration of {snapshot.ConfigurationIndex}: {Of(snapshot.Configuration)}, sessions "
            + $"[{Join(snapshot.Sessions, Of)}] origins forgotten to {snapshot.ForgottenOrigins}{KeysOf(snapshot.Keys)}, "
            + $"{snapshot.Length} bytes";

    /// <summary>Prints up to 32 bytes in full, and the length and hash of more.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => bytes.Length <= 32
        ? Convert.ToHexString(bytes)
        : $"{bytes.Length} bytes, SHA-256 {Convert.ToHexString(SHA256.HashData(bytes))[..16]}";

    private static string Of(Payload payload) => payload switch
    {
        Payload.KeyedPair keyed =>
            $"({Of(keyed.Request?.Origin)}/{keyed.Request?.Number} key {keyed.RequestKey.Value:N}) {keyed.Key}={Of(keyed.Value.Span)}",
        Payload.Pair({ } request, var key, var value) => $"({Of(request.Origin)}/{request.Number}) {key}={Of(value.Span)}",
        Payload.Pair(_, var key, var value) => $"{key}={Of(value.Span)}",
        Payload.Reconfigure(var configuration) => Of(configuration),
        _ => $"{payload}",
    };

    private static string Of(Configuration configuration) =>
        $"group {configuration.Group.Value:N} of {configuration.Size}, voters [{Join(configuration.Voters, Of)}], "
        + $"old [{Join(configuration.OldVoters, Of)}], learners [{Join(configuration.Learners, Of)}], "
        + $"founding [{Join(configuration.FoundingSerials, one => $"{one.Name} {one.Serial}")}]"
        + $", at most {configuration.MaxQuorum}";

    private static string Of(SessionState session) =>
        $"{Of(session.Origin)} forgot {session.Forgotten}, latest {session.Latest}, answered "
        + $"{Join(session.Answered, one => $"{one.Number}:{one.Index}:{one.Serial}")}";

    private static string KeysOf(KeyTable keys) => keys.Keys.IsEmpty
        ? ""
        : $", keys forgotten to {keys.Forgotten} [{Join(keys.Keys, one => $"{one.Key.Value:N}:{one.Index}:{one.Serial}")}]";

    private static string Of(Member? member) => member is { } some ? Of(some) : "nobody";

    private static string Of(Member member) => $"{member.Name}#{member.Incarnation.Value:N}";

    private static string Of(Boot boot) => $"{boot.Number}:{boot.Mark:x}";

    private static string Join<T>(ImmutableArray<T> values, Func<T, string> text) => string.Join(' ', values.Select(text));
}
