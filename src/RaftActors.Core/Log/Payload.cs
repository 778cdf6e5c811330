namespace RaftActors.Core;

/// <summary>What a log entry carries. Closed: a no-op, a configuration, or a pair.</summary>
public abstract record Payload
{
    private Payload()
    {
    }

    /// <summary>
    /// Its share in the size of a message, roughly: each character counts as its largest, and everything else together as little.
    /// </summary>
    internal virtual int Size => 64;

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

        internal override int Size => base.Size + (3 * Key.Length) + Value.Length;
    }
}
