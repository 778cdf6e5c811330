using System.Diagnostics;

using Akka.Actor;
using Akka.Event;

using RaftActors.Delivery;
using RaftActors.Settings;
using RaftActors.Telemetry;
using RaftActors.Wire;

namespace RaftActors;

/// <content> The queries of this actor and of clients. </content>
public sealed partial class RaftContext<TValue, TResult>
{
    // A client's question for the last committed serial.
    private static readonly object LastCommitted = new();

    /// <summary>Takes the question of a client, whose serial is known. Returns false if it has refused it.</summary>
    internal bool TryOpen(RequestRef request, ClientQuery asked)
    {
        var (call, client, untaken) = asked;
        untaken.OnTaken(call.Question.Length);
        if (!_process.Queries.HasRoomForClient)
        {
            client.Tell(new ClientReply.Declined($"{Self} has {OpenQueries.MaxOfClients} open queries of clients."), _actor);
            return false;
        }

        object? question;
        try
        {
            question = call.Question.IsEmpty ? LastCommitted : _questions.Decode(call.Question);
        }
        catch (Exception e)
        {
            // A serializer of the user may throw anything.
            client.Tell(Unreadable($"{Self} cannot read the question: {e.Message}"), _actor);
            return false;
        }

        if (question is null)
        {
            client.Tell(Unreadable("A question may not be null."), _actor);
            return false;
        }

        var span = call.Parent is { } parent ? BeginQuery(ActivityKind.Server, parent) : null;
        _process.Queries.Add(request, question, call.Consistency, client, span, isOfClient: true);
        return true;

        Outcome<object?> Unreadable(string why) => RaftFailure.NotDone(FailureReason.Invalid, why).ToOutcome<object?>(request);
    }

    /// <summary>Answers a query, after HandleQuery has returned <paramref name="later"/>. Does nothing if the query has ended.</summary>
    /// <param name="later">What HandleQuery has returned.</param>
    /// <param name="answer">The answer, as HandleQuery would return it.</param>
    public void Answer(LaterAnswer later, object? answer)
    {
        ArgumentNullException.ThrowIfNull(later);
        Answer(later.Request, _ => answer);
    }

    /// <param name="handleQuery">
    /// Null if the actor does not override HandleQuery. After a <see cref="LaterAnswer"/> the query stays open until the next call.
    /// </param>
    internal void Answer(RequestRef request, Func<object, object?>? handleQuery)
    {
        if (!_process.Queries.TryTake(request, out var query))
        {
            return;
        }

        using var scope = Spans.Enter(query.Span);
        Outcome<object?> outcome;
        try
        {
            const string Silent = "This actor answers no queries, because it does not override HandleQuery. Override it.";
            var isOfSerial = query.Question == LastCommitted;
            var answer = isOfSerial ? _process.Pairs.CommittedSerial.Value : handleQuery?.Invoke(query.Question);
            if (answer is LaterAnswer later)
            {
                later.Request = request;
                _process.Queries.PutBack(query);
                return;
            }

            outcome = handleQuery is null && !isOfSerial
                ? RaftFailure.NotDone(FailureReason.Invalid, Silent).ToOutcome<object?>(request)
                : WhyUnsent(query.ReplyTo, answer)?.ToOutcome<object?>(request)
                ?? new Outcome<object?> { Serial = Serial, Result = answer, Request = request };
        }
        catch (Exception e)
        {
            // Not thrown, because a question does not change the state, and a restart would let any reader stop the actor again and again.
            var failure = RaftFailure.NotDone(FailureReason.HandlerFailed, $"HandleQuery threw {FailureText.Of(e)}");
            outcome = failure.ToOutcome<object?>(request);
            Latest.Log(LogLevel.WarningLevel, e, "HandleQuery", $"HandleQuery threw {e.GetType().Name}");
        }

        query.End(outcome, _actor);
    }

    // For an asker on another node. Akka's remoting writes the outcome later, as that of an Append, so it would come without the answer.
    private RaftFailure? WhyUnsent(ICanTell? asker, object? answer)
    {
        try
        {
            if (asker is IActorRef { Path.Address.HasGlobalScope: true })
            {
                AkkaRemoting.DemandRoom(_system, _questions.Encode(answer).Length);
            }

            return null;
        }
        catch (Exception e)
        {
            // A serializer of the user may throw anything.
            return RaftFailure.NotDone(FailureReason.Invalid, $"The answer cannot leave its node. {e.Message}");
        }
    }

    /// <summary>Fails all pending queries, because their life of the actor has ended.</summary>
    internal void EndQueries() => _process.Queries.FailAll(
        RaftFailure.NotDone(FailureReason.Unavailable, "The actor restarted or stopped before it answered. Ask again."), _actor);

    /// <summary>Cancels all pending queries, because the engine has stopped.</summary>
    internal void LoseQueries()
    {
        foreach (var request in _process.Queries.Requests)
        {
            _order.Take(new ToActor.Cancelled(_turns.Life, request, _process.EngineStopped));
        }
    }

    private Activity? BeginQuery(ActivityKind kind, ActivityContext parent) =>
        Spans.Begin(Spans.Query, kind, parent, _process.Telemetry.Tags);
}
