using System.Globalization;

namespace RaftActors;

/// <summary>How far a projection has come, and whether it fails.</summary>
public sealed record RaftProjectionStatus
{
    internal RaftProjectionStatus(Serial serial, Exception? failure = null, int failures = 0, DateTimeOffset since = default) =>
        (Serial, Failure, Failures, FailingSince) = (serial, failure, failures, failure is null ? null : since);

    /// <summary>The last pair that the projection has handled, or the serial that it began with.</summary>
    public Serial Serial { get; }

    /// <summary>The latest failure, if nothing has succeeded since.</summary>
    public Exception? Failure { get; }

    /// <summary>The number of failures in succession.</summary>
    internal int Failures { get; }

    /// <summary>When the first of them happened, by the clock of this machine. Null: the projection does not fail.</summary>
    public DateTimeOffset? FailingSince { get; }

    /// <summary>Returns a clause without a subject, for the name of the projection.</summary>
    public override string ToString() => Failure switch
    {
        null => $"has the pairs up to serial {Serial}.",
        RaftProjectionException => $"has ended at serial {Serial}. {Failure.Message}",
        _ => string.Create(CultureInfo.InvariantCulture, $"fails after serial {Serial}, {Failures} times since {FailingSince:u}. ")
            + $"{Failure.GetType().Name}: {Failure.Message.TrimEnd('.')}. It will be tried again.",
    };
}
