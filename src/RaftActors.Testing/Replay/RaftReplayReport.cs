using System.Globalization;

using Akka.Configuration;

namespace RaftActors.Testing.Replay;

/// <summary>Options of a replay. All may be left out.</summary>
public sealed record RaftReplayOptions
{
    /// <summary>The group whose log a directory is read for. Null: the directory has one group.</summary>
    public string? Group { get; init; }

    /// <summary>Prepares each actor system before its actor: <c>raft => raft.UseJson(ShopJson.Default)</c>.</summary>
    public Action<Raft>? SetUp { get; init; }

    /// <summary>The same for the actor system of the new actor. Null: <see cref="SetUp"/>.</summary>
    public Action<Raft>? SetUpNew { get; init; }

    /// <summary>The configuration of the actor systems, with serializers and settings of the application. Null: none.</summary>
    public Config? Config { get; init; }

    /// <summary>
    /// Told the pairs so far and all pairs, from any thread. The first number falls when a difference is found, because the log is applied
    /// again to find its first serial.
    /// </summary>
    public IProgress<(long Pairs, long Of)>? Progress { get; init; }
}

/// <summary>What a replay has found. Immutable.</summary>
public sealed record RaftReplayReport
{
    internal RaftReplayReport(string group, Serial after, Serial last) => (Group, After, Last) = (group, after, last);

    /// <summary>The name of the group of the log.</summary>
    public string Group { get; }

    /// <summary>The serial of the snapshot that the replay began from, or zero.</summary>
    public Serial After { get; }

    /// <summary>The last serial that was applied. With a difference, every build agrees on the serials before it.</summary>
    public Serial Last { get; internal init; }

    /// <summary>The number of pairs that were applied.</summary>
    public long Pairs => Last.Value - After.Value;

    /// <summary>A hash over all results of HandleAppend, of the old actor if two were compared. Equal on every machine.</summary>
    public ulong Results { get; internal init; }

    /// <summary>
    /// The hash of the last state, of the old actor if two were compared: that of HandleDigest, or of the bytes of a snapshot. Null: the
    /// actor has neither.
    /// </summary>
    public ulong? State { get; internal init; }

    /// <summary>The first difference. Null: there is none.</summary>
    public RaftReplayDifference? Difference { get; internal init; }

    /// <summary>Describes the outcome for people.</summary>
    public override string ToString() => Difference is { } difference
        ? $"{difference}"
        : string.Create(CultureInfo.InvariantCulture, $"group {Group}: {Pairs} pairs, {(After > Serial.Zero ? $"after the snapshot of "
            + $"serial {After} and " : "")}up to serial {Last}; results {Results:x16}, ")
            + (State is { } state ? $"state {state:x16}" : "states not compared: override HandleDigest, or implement IRaftSnapshot");
}

/// <summary>The first pair from which two actors differ, or at which an actor throws. Immutable.</summary>
public sealed record RaftReplayDifference
{
    internal RaftReplayDifference()
    {
    }

    /// <summary>The serial of the pair, or of the snapshot if the restored states differ.</summary>
    public Serial Serial { get; internal init; }

    /// <summary>The key of the pair. Null: the restored states differ.</summary>
    public string? Key { get; internal init; }

    /// <summary>The value of the pair as text: JSON, or what a codec wrote, read as UTF-8. Null: the restored states differ.</summary>
    public string? Value { get; internal init; }

    /// <summary>The time of the pair.</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>The logic version of the pair.</summary>
    public int LogicVersion { get; internal init; } = 1;

    /// <summary><c>results</c>, <c>states</c> or <c>exceptions</c>.</summary>
    public required string What { get; init; }

    /// <summary>The result, the state or the exception of the old actor, or of the only one.</summary>
    public required string Old { get; init; }

    /// <summary>The same of the new actor. Null: one actor was replayed.</summary>
    public string? New { get; internal init; }

    /// <summary>
    /// False: when the log was applied again, the difference was not there. So an actor depends on a clock, on chance or on threads, and
    /// the difference began at this serial or up to 10,000s of pairs before.
    /// </summary>
    public bool IsRepeatable { get; internal init; } = true;

    /// <summary>Describes the difference for people, in several lines.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"serial {Serial}")
        + (Key is null ? ", restored from a snapshot" : string.Create(
            CultureInfo.InvariantCulture, $", key \"{Key}\", value {Value}, of {Time:u}, logic version {LogicVersion}"))
        + (New is null ? ": the actor throws" : What == "exceptions" ? ": a build throws" : $": the {What} differ")
        + (IsRepeatable ? "" : ", and did not when the log was applied again: look for a clock, random numbers or threads")
        + $"\n  {(New is null ? "" : "old: ")}{Old}{(New is null ? "" : $"\n  new: {New}")}";
}
