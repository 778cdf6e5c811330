namespace RaftActors.Core;

/// <summary>What a log entry carries. Closed: a no-op, a configuration, or a pair.</summary>
public abstract record Payload
{
    private Payload()
    {
    }

    /// <summary>The entry with which a leader opens its term, so that it can commit what came before (§8).</summary>
    public sealed record NoOp : Payload
    {
        /// <summary>The only one needed.</summary>
        public static NoOp Instance { get; } = new();

        /// <inheritdoc/>
        public override string ToString() => "no-op";
    }

    /// <summary>A configuration: in force from the moment it is in the log, committed or not (§6).</summary>
    public sealed record Reconfigure(Configuration Configuration) : Payload
    {
        /// <inheritdoc/>
        public override string ToString() => Configuration.ToString();
    }

    /// <summary>A key/value pair. The value is opaque to Core and is not copied: whoever proposes it leaves the bytes alone.</summary>
    public sealed record Pair(RequestId? Request, string Key, ReadOnlyMemory<byte> Value) : Payload
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Key}={Value.Length}B";
    }
}
