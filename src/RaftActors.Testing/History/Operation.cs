namespace RaftActors.Testing.History;

/// <summary>How an operation ended, as its client saw it.</summary>
public enum OperationOutcome
{
    /// <summary>Not ended yet. For a check it is as good as <see cref="Unknown"/>.</summary>
    Pending,

    /// <summary>It took effect, once, between its invocation and its end, and this is what it gave.</summary>
    Ok,

    /// <summary>It did not take effect and never will.</summary>
    Failed,

    /// <summary>It took effect at some time after its invocation, or will, or never does.</summary>
    Unknown,
}

/// <summary>
/// What one client asked for once, and what became of it. Made and ended by its <see cref="OperationHistory{TInput, TOutput}"/>.
/// </summary>
public sealed class Operation<TInput, TOutput>
{
    internal Operation(int client, TInput input, int invoked) => (Client, Input, Invoked) = (client, input, invoked);

    /// <summary>Who asked. A check does not look at it: two operations of one client that overlap are concurrent as any others.</summary>
    public int Client { get; }

    /// <summary>What was asked for.</summary>
    public TInput Input { get; }

    /// <summary>What it gave; known only if it is <see cref="OperationOutcome.Ok"/>.</summary>
    public Observed<TOutput> Output { get; private set; }

    /// <summary>How it ended.</summary>
    public OperationOutcome Outcome { get; private set; }

    /// <summary>Its place among all invocations and ends of the history, from 0.</summary>
    public int Invoked { get; }

    /// <summary>The place of its end; null while it is pending.</summary>
    public int? Ended { get; private set; }

    /// <summary>Nobody was told that it took effect.</summary>
    internal bool IsOptional => Outcome is OperationOutcome.Pending or OperationOutcome.Unknown;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Invoked}..{Ended} client {Client}: {Input} -> {(Outcome == OperationOutcome.Ok ? Output.Value : (object)Outcome) ?? "null"}";

    internal void End(OperationOutcome outcome, Observed<TOutput> output, int ended)
    {
        if (Outcome != OperationOutcome.Pending)
        {
            throw new InvalidOperationException($"It has ended already: {this}");
        }

        (Outcome, Output, Ended) = (outcome, output, ended);
    }
}
