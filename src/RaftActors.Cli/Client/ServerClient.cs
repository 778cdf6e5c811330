using Akka.Actor;
using Akka.Event;
using Akka.Remote;

using RaftActors.Cli.Protocol;
using RaftActors.Transport;

namespace RaftActors.Cli.Client;

/// <summary>
/// Sends requests to servers and completes them with the replies. A request is sent only to a server that has answered an Identify on this
/// connection. So a request that waits for a connection has certainly not reached the server, even if opening the connection fails.
/// </summary>
internal sealed class ServerClient : UntypedActor
{
    private readonly Dictionary<ServerId, Link> _links = [];
    private long _lastIdentify;

    /// <summary>Ends a request that the caller no longer waits for.</summary>
    internal sealed record GiveUp(PendingRequest Request, string Why);

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(LaneNews));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PendingRequest request:
                OnRequest(request);
                break;
            case ActorIdentity identity:
                OnIdentity(identity);
                break;
            case Reply reply:
                OnReply(reply);
                break;
            case AssociationErrorEvent error:
                OnDisconnected(error.RemoteAddress, ConnectionFailure.Of(error.Cause));
                break;
            case DisassociatedEvent end:
                OnDisconnected(end.RemoteAddress, "the connection was closed");
                break;
            case LaneNews.Opened opened:
                OnOpened(opened.Address);
                break;
            case LaneNews.Refused refused:
                OnDisconnected(refused.Address, Clause.Of(refused.Why));
                break;
            case LaneNews.Disconnected end:
                OnDisconnected(end.Address, "the connection was closed");
                break;
            case GiveUp giveUp:
                OnGiveUp(giveUp);
                break;
        }
    }

    private void OnRequest(PendingRequest request)
    {
        if (!_links.TryGetValue(request.Server, out var link))
        {
            _links.Add(request.Server, link = new Link(request.Server, Context.System));
        }

        if (link.IsOpen)
        {
            link.Send(request, Self);
            return;
        }

        link.Unsent.Add(request);
        if (link.Lanes is { } lanes)
        {
            lanes.Connect(link.Address);
        }
        else if (link.IdentifyNumber == 0)
        {
            link.IdentifyNumber = ++_lastIdentify;
            link.Raft.Tell(new Identify(link.IdentifyNumber), Self);
        }
    }

    private void OnIdentity(ActorIdentity identity)
    {
        if (_links.Values.FirstOrDefault(one => !one.IsOpen && one.IdentifyNumber != 0 && one.IdentifyNumber.Equals(identity.MessageId))
            is not { } link)
        {
            return;
        }

        if (identity.Subject is not null)
        {
            link.Open(Self);
        }
        else if (!Sender.Path.Address.HasLocalScope)
        {
            link.Close("no raft server answers there");
        }
        else if (link.LastFailure is { } failure)
        {
            // This process's own runtime dropped the message: it does not reconnect to an address that has just failed.
            link.Close(failure);
        }
    }

    private void OnOpened(Address address) =>
        _links.Values.FirstOrDefault(link => !link.IsOpen && link.Address.Equals(address))?.Open(Self);

    private void OnReply(Reply reply)
    {
        foreach (var link in _links.Values)
        {
            if (!link.Sent.TryGetValue(reply.Number, out var request))
            {
                continue;
            }

            if (reply is Reply.Redirected redirected)
            {
                request.Redirected(redirected.Leader);
                return;
            }

            link.Sent.Remove(reply.Number);
            request.Complete(new Answer.Replied(reply));
            return;
        }
    }

    private void OnDisconnected(Address address, string why) =>
        _links.Values.FirstOrDefault(link => link.Address.Equals(address))?.Close(why);

    private void OnGiveUp(GiveUp giveUp)
    {
        var (request, why) = giveUp;
        if (_links.TryGetValue(request.Server, out var link) && link.Unsent.Remove(request))
        {
            request.Complete(new Answer.Unsent($"cannot reach {request.Server}: {link.LastFailure ?? "no answer"}"));
            return;
        }

        link?.Sent.Remove(request.Number);
        request.Complete(new Answer.Lost($"{request.Server} {why}"));
    }

    /// <summary>The connection to one server, and its open requests.</summary>
    private sealed class Link(ServerId server, ActorSystem system)
    {
        public Address Address { get; } = new("akka.tcp", ServerId.GroupName, server.Hostname, server.Port);

        public IActorRef Raft { get; } = RaftActors.Raft.Get(system).ActorAt(
            $"akka.tcp://{ServerId.GroupName}@{server.Hostname}:{server.Port}/user/{ServerId.GroupName}");

        /// <summary>The encrypted connections; null: there are none.</summary>
        public Lanes? Lanes { get; } = RaftActors.Raft.Get(system).Lanes as Lanes;

        /// <summary>Number of the last Identify sent on this connection; 0: none was sent.</summary>
        public long IdentifyNumber { get; set; }

        /// <summary>Whether the server has answered the Identify.</summary>
        public bool IsOpen { get; set; }

        /// <summary>Why the connection was closed last; null: it never was.</summary>
        public string? LastFailure { get; private set; }

        public List<PendingRequest> Unsent { get; } = [];

        public Dictionary<long, PendingRequest> Sent { get; } = [];

        public void Open(IActorRef self)
        {
            IsOpen = true;
            Unsent.ForEach(request => Send(request, self));
            Unsent.Clear();
        }

        public void Send(PendingRequest request, IActorRef self)
        {
            Sent.Add(request.Number, request);
            Raft.Tell(request.Message(), self);
        }

        public void Close(string why)
        {
            (IdentifyNumber, IsOpen, LastFailure) = (0, false, why);
            foreach (var request in Unsent)
            {
                request.Complete(new Answer.Unsent($"cannot reach {server}: {why}"));
            }

            foreach (var request in Sent.Values)
            {
                request.Complete(new Answer.Lost($"the connection to {server} was lost before its answer arrived"));
            }

            Unsent.Clear();
            Sent.Clear();
        }
    }
}
