namespace RaftActors.Coordination.Tests;

/// <summary>A client of a group that is one state in memory.</summary>
internal sealed class FakeClient : CallsOnlyClient
{
    private readonly CoordinationState _state = new();
    private long _serial;

    /// <summary>The attempts whose outcome is unknown, before each one that is done.</summary>
    public int Lost { get; init; }

    /// <summary>The answers of these commands are lost after the group has applied them.</summary>
    public Func<Command, bool> LosesAnswer { get; init; } = _ => false;

    /// <summary>The attempts that the group refuses, before all others.</summary>
    public int Refused { get; init; }

    /// <summary>Why it refuses them.</summary>
    public FailureReason RefusedAs { get; init; } = FailureReason.Busy;

    /// <summary>The number of all attempts.</summary>
    public int Attempts { get; private set; }

    /// <summary>The answer to all questions about claims; null: that of the state.</summary>
    public byte[]? AnswersClaims { get; set; }

    /// <summary>Holds an attempt back until its task ends; then the group applies it, even if its caller has given up.</summary>
    public Func<Command, Task> Delay { get; init; } = _ => Task.CompletedTask;

    public override async Task<Outcome<Answer>> AppendAsync(
        string key, Command value, TimeSpan? timeout, RequestKey? requestKey, Serial? ifSerial, CancellationToken cancellationToken)
    {
        var applying = ApplyAsync(key, value);
        await ((Task)applying).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return applying.IsCompleted ? await applying : RaftFailure.Unknown(FailureReason.TimedOut).ToOutcome<Answer>();
    }

    public override Task<Outcome<TAnswer>> QueryAsync<TAnswer>(
        object question, TimeSpan? timeout, ReadConsistency? consistency, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_state)
        {
            var asked = CoordinationJson.ToQuestion(question);
            var answer = (asked is Question.OfClaim ? AnswersClaims : null) ?? CoordinationJson.ToBytes(_state.Answer(asked));
            return Task.FromResult(consistency?.NotBelow is { } serial && serial.Value > _serial
                ? RaftFailure.NotDone(FailureReason.Unavailable, $"Serial {serial} is not committed.").ToOutcome<TAnswer>()
                : new Outcome<TAnswer> { Serial = new Serial(_serial), Result = (TAnswer)(object)answer });
        }
    }

    private async Task<Outcome<Answer>> ApplyAsync(string key, Command value)
    {
        await Delay(value).ConfigureAwait(false);
        lock (_state)
        {
            if (++Attempts <= Refused)
            {
                return RaftFailure.NotDone(RefusedAs, "The test refuses it.").ToOutcome<Answer>();
            }

            if (Attempts % (Lost + 1) != 0)
            {
                return RaftFailure.Unknown(FailureReason.TimedOut).ToOutcome<Answer>();
            }

            var answer = _state.Apply(key, value, ++_serial);
            return !LosesAnswer(value)
                ? new Outcome<Answer> { Serial = new Serial(_serial), Result = answer }
                : RaftFailure.Unknown(FailureReason.TimedOut).ToOutcome<Answer>();
        }
    }
}
