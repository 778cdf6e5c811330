using System.Globalization;

using Akka.Event;

using RaftActors.Delivery;
using RaftActors.Engine.Requests;
using RaftActors.Settings;
using RaftActors.Telemetry;

namespace RaftActors.Engine;

/// <summary>What a process knows of the latest life of its actor. Any thread may use it.</summary>
/// <param name="findRefusal">Says why a pair of a client, which may be an operator, must not be appended; null: it may be.</param>
/// <param name="outcomes">Makes the outcomes of the actor.</param>
/// <param name="takesSnapshots">It implements <see cref="IRaftSnapshot"/>.</param>
internal sealed class LatestActor(
    RaftProcess process,
    Func<string, ReadOnlyMemory<byte>, bool, CancelReason.NotCommitted?> findRefusal,
    OutcomeMaker outcomes,
    bool takesSnapshots,
    ILoggingAdapter log)
{
    private readonly WarningLimit _limit = new(Machine.Current.Time);

    public Func<string, ReadOnlyMemory<byte>, bool, CancelReason.NotCommitted?> FindRefusal => findRefusal;

    public OutcomeMaker Outcomes => outcomes;

    public bool TakesSnapshots => takesSnapshots;

    /// <summary>The results of this life, for its own thread and for a simulation; null: it has not started.</summary>
    public KeptResults? Results { get; set; }

    /// <summary>Warns of a slow callback: at most once a minute for each one.</summary>
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

    /// <summary>Logs a failure that callers can cause at will: at most five of a callback in a minute.</summary>
    public void Log(LogLevel level, Exception cause, string callback, string problem)
    {
        if (_limit.TryGive(callback, problem, out var text))
        {
            log.Log(level, cause, "{Process} of group {Group}: {Problem}", process.Name, process.Settings.Group, text);
        }
    }
}
