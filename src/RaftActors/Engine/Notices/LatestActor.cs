using System.Globalization;

using Akka.Event;

using RaftActors.Delivery;
using RaftActors.Engine.Requests;
using RaftActors.Settings;
using RaftActors.Telemetry;

namespace RaftActors.Engine;

/// <param name="Version">Only states of one version are comparable.</param>
/// <param name="Bytes">What the actor would write into a snapshot.</param>
internal sealed record ShownState(Serial Serial, int Version, byte[] Bytes);

/// <summary>What a process knows of the latest instance of its actor. Thread-safe.</summary>
/// <param name="findRefusal">Returns why a client's pair must not be appended, or null. Also gets whether the client is an
/// operator.</param>
/// <param name="takesSnapshots">The actor implements <see cref="IRaftSnapshot"/>.</param>
internal sealed class LatestActor(
    RaftProcess process,
    Func<string, ReadOnlyMemory<byte>, bool, RaftFailure?> findRefusal,
    OutcomeMaker outcomes,
    bool takesSnapshots,
    ILoggingAdapter log)
{
    private readonly WarningLimit _limit = new(Machine.Current.Time);

    public Func<string, ReadOnlyMemory<byte>, bool, RaftFailure?> FindRefusal => findRefusal;

    public OutcomeMaker Outcomes => outcomes;

    public bool TakesSnapshots => takesSnapshots;

    /// <summary>The kept results, for the actor's thread and for a simulation. Null before the start.</summary>
    public KeptResults? Results { get; set; }

    /// <summary>
    /// Takes the actor's state for a simulation, which calls it between two turns of its thread. Null before the start, after the end, and
    /// of an actor that takes no snapshots.
    /// </summary>
    public Func<ShownState?>? ShowState { get; set; }

    /// <summary>The latest snapshot that this life has restored, for a simulation.</summary>
    public Serial? Restored { get; set; }

    /// <summary>Warns of a slow callback, at most once a minute for each callback.</summary>
    public void WarnOfSlow(string callback, TimeSpan time, Serial serial)
    {
        const string Advice = "The actor handles nothing meanwhile: start slow work as a task, and pipe its result to Self.";
        if (_limit.TryGive(callback, Advice, out var text))
        {
            var seconds = time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
            log.Warning(
                "{Process} of group {Group}: {Callback} took {Seconds} s at serial {Serial}, longer than an election timeout. {Advice}",
                process.Name,
                process.Settings.Group,
                callback,
                seconds,
                serial,
                text);
        }
    }

    /// <summary>Logs a failure that callers can cause at will, at most five for each callback in a minute.</summary>
    public void Log(LogLevel level, Exception cause, string callback, string problem)
    {
        if (_limit.TryGive(callback, problem, out var text))
        {
            log.Log(level, cause, "{Process} of group {Group}: {Problem}", process.Name, process.Settings.Group, text);
        }
    }
}
