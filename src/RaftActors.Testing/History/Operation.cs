namespace RaftActors.Testing.History;

/// <summary>The end of an operation, as its client saw it.</summary>
internal enum OperationOutcome
{
    /// <summary>Not ended yet. A check treats it as <see cref="Unknown"/>.</summary>
    Pending,

    /// <summary>The operation took effect once, between its invocation and its end. Its output is known.</summary>
    Ok,

    /// <summary>The operation did not take effect, and never will.</summary>
    Failed,

    /// <summary>The operation took effect after its invocation, or will, or never will.</summary>
    Unknown,
}

/// <summary>
/// One operation of one client. <see cref="OperationHistory{TInput, TOutput}"/> creates and ends it.
/// </summary>
public sealed class Operation<TInput, TOutput>
{
    internal Operation(int client, TInput input, int invoked) => (Client, Input, Invoked) = (client, input, invoked);

    /// <summary>The client. A check ignores it: two overlapping operations of one client are concurrent.</summary>
    internal int Client { get; }

    internal TInput Input { get; }

    /// <summary>The output. Known only if the outcome is <see cref="OperationOutcome.Ok"/>.</summary>
    internal TOutput? Output { get; private set; }

    /// <summary>Returns true if the output of the operation is unknown, or equals the given one by the default equality.</summary>
    public bool Allows(TOutput output) => Outcome != OperationOutcome.Ok || EqualityComparer<TOutput>.Default.Equals(Output, output);

    internal OperationOutcome Outcome { get; private set; }

    /// <summary>The position of the invocation among all invocations and ends of the history, from 0.</summary>
    internal int Invoked { get; }

    /// <summary>The position of the end. Null while the operation is pending.</summary>
    internal int? Ended { get; private set; }

    /// <summary>Whether a check may leave the operation out: no client received its output.</summary>
    internal bool IsOptional => Outcome is OperationOutcome.Pending or OperationOutcome.Unknown;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Invoked}..{Ended} client {Client}: {Input} -> {(Outcome == OperationOutcome.Ok ? Output : (object)Outcome) ?? "null"}";

    internal void End(OperationOutcome outcome, TOutput? output, int ended)
    {
        if (Outcome != OperationOutcome.Pending)
        {
            throw new InvalidOperationException($"The operation has ended already: {this}. End each operation once.");
        }

        (Outcome, Output, Ended) = (outcome, output, ended);
    }
}
