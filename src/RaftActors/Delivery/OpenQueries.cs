using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

using Akka.Actor;

using RaftActors.Telemetry;
using RaftActors.Wire;

namespace RaftActors.Delivery;

/// <summary>
/// The Queries that wait for an answer. An actor answers its own, and its successor, or the end of the actor, fails those that it left.
/// For the living actor's thread only.
/// </summary>
internal sealed class OpenQueries(ProcessTelemetry telemetry)
{
    /// <summary>The most open queries of clients, as many as of their Appends. Others are declined.</summary>
    public const int MaxOfClients = 16_384;

    /// <summary>Of a query whose serial was not reached in time.</summary>
    public static RaftFailure Late { get; } = RaftFailure.NotDone(
        FailureReason.Unavailable,
        "No leader confirmed the commit index in time, or this process did not reach the serial. Ask again.");

    private readonly Dictionary<RequestRef, OpenQuery> _open = [];
    private int _countOfClients;

    public bool HasRoomForClient => _countOfClients < MaxOfClients;

    public IEnumerable<RequestRef> Requests => _open.Keys;

    /// <param name="replyTo">Gets the answer, if not null.</param>
    /// <param name="span">Ends with the query. Null if its trace is not sampled.</param>
    /// <param name="isOfClient">A client asks, which may ask another process.</param>
    public void Add(
        RequestRef request,
        object question,
        ReadConsistency consistency,
        ICanTell? replyTo,
        Activity? span,
        bool isOfClient = false) =>
        PutBack(new OpenQuery(request, question, consistency, replyTo, isOfClient, telemetry, span));

    public bool TryTake(RequestRef request, [NotNullWhen(true)] out OpenQuery? query)
    {
        if (!_open.Remove(request, out query))
        {
            return false;
        }

        _countOfClients -= query.IsOfClient ? 1 : 0;
        return true;
    }

    /// <summary>Opens a query again that was taken and not answered.</summary>
    public void PutBack(OpenQuery query)
    {
        _open.Add(query.Request, query);
        _countOfClients += query.IsOfClient ? 1 : 0;
    }

    public void FailAll(RaftFailure failure, IActorRef sender)
    {
        foreach (var query in _open.Values)
        {
            query.Fail(failure, sender);
        }

        _open.Clear();
        _countOfClients = 0;
    }

    public sealed record OpenQuery(
        RequestRef Request,
        object Question,
        ReadConsistency Consistency,
        ICanTell? ReplyTo,
        bool IsOfClient,
        ProcessTelemetry Telemetry,
        Activity? Span)
    {
        /// <summary>Ends the query before the actor has seen it.</summary>
        public void Fail(RaftFailure failure, IActorRef sender) => End(
            failure, IsOfClient ? new ClientReply.Declined(failure.Detail) : failure.ToOutcome<object?>(Request), sender);

        public void End(Outcome<object?> outcome, IActorRef sender) => End(outcome.Failure, outcome, sender);

        private void End(RaftFailure? failure, object reply, IActorRef sender)
        {
            Telemetry.OnRead(failure, Consistency);
            Spans.End(Span);
            ReplyTo?.Tell(reply, sender);
        }
    }
}
