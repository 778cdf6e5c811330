using Akka.Actor;
using Akka.Event;
using Akka.Remote;

using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary>
/// Tells servers what they are asked, and hands on what they reply. A request is told only to a server that has said a word on this
/// connection before: so what was not told was certainly never taken, whatever becomes of the connection that is being opened.
/// </summary>
internal sealed class Correspondent : UntypedActor
{
    private readonly Dictionary<ServerId, Line> _lines = [];
    private long _calls;

    /// <summary>Ends a question that nobody waits for any longer.</summary>
    internal sealed record GiveUp(Question Question, string Why);

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Question question:
                Ask(question);
                break;
            case ActorIdentity identity:
                HearIdentity(identity);
                break;
            case Reply reply:
                Hear(reply);
                break;
            case AssociationErrorEvent error:
                Lose(error.RemoteAddress, ConnectionFailure.Of(error.Cause));
                break;
            case DisassociatedEvent end:
                Lose(end.RemoteAddress, "the connection was closed");
                break;
            case GiveUp giveUp:
                End(giveUp);
                break;
        }
    }

    private void Ask(Question question)
    {
        if (!_lines.TryGetValue(question.Server, out var line))
        {
            _lines.Add(question.Server, line = new Line(question.Server, Context.System));
        }

        if (line.IsOpen)
        {
            line.Tell(question, Self);
            return;
        }

        line.Waiting.Add(question);
        if (line.Call == 0)
        {
            line.Call = ++_calls;
            line.Raft.Tell(new Identify(line.Call), Self);
        }
    }

    private void HearIdentity(ActorIdentity identity)
    {
        if (_lines.Values.FirstOrDefault(line => !line.IsOpen && line.Call != 0 && line.Call.Equals(identity.MessageId)) is not { } line)
        {
            return;
        }

        if (identity.Subject is not null)
        {
            line.IsOpen = true;
            line.Waiting.ForEach(question => line.Tell(question, Self));
            line.Waiting.Clear();
        }
        else if (!Sender.Path.Address.HasLocalScope)
        {
            line.Close("no raft server answers there");
        }
        else if (line.LastLoss is { } loss)
        {
            // Our own runtime dropped it: the address was lost a moment ago, and is not tried again yet.
            line.Close(loss);
        }
    }

    private void Hear(Reply reply)
    {
        foreach (var line in _lines.Values)
        {
            if (!line.Told.TryGetValue(reply.Number, out var question))
            {
                continue;
            }

            if (reply is Reply.Redirected redirected)
            {
                question.Redirected(redirected.Leader);
                return;
            }

            line.Told.Remove(reply.Number);
            question.End(new Answer.Replied(reply));
            return;
        }
    }

    private void Lose(Address address, string why) => _lines.Values.FirstOrDefault(line => line.Address.Equals(address))?.Close(why);

    private void End(GiveUp giveUp)
    {
        var (question, why) = giveUp;
        if (_lines.TryGetValue(question.Server, out var line) && line.Waiting.Remove(question))
        {
            question.End(new Answer.Unsent($"cannot reach {question.Server}: {line.LastLoss ?? "no answer"}"));
            return;
        }

        line?.Told.Remove(question.Number);
        question.End(new Answer.Lost($"{question.Server} {why}"));
    }

    /// <summary>What is known of one server, and what it was asked.</summary>
    private sealed class Line(ServerId server, ActorSystem system)
    {
        public Address Address { get; } = new("akka.tcp", ServerId.GroupName, server.Hostname, server.Port);

        public IActorRef Raft { get; } = ((ExtendedActorSystem)system).Provider.ResolveActorRef(
            $"akka.tcp://{ServerId.GroupName}@{server.Hostname}:{server.Port}/user/{ServerId.GroupName}");

        /// <summary>The number of the call that waits for its answer, or was answered; 0: there is none.</summary>
        public long Call { get; set; }

        public bool IsOpen { get; set; }

        public string? LastLoss { get; private set; }

        public List<Question> Waiting { get; } = [];

        public Dictionary<long, Question> Told { get; } = [];

        public void Tell(Question question, IActorRef self)
        {
            Told.Add(question.Number, question);
            Raft.Tell(question.Request(), self);
        }

        public void Close(string why)
        {
            (Call, IsOpen, LastLoss) = (0, false, why);
            foreach (var question in Waiting)
            {
                question.End(new Answer.Unsent($"cannot reach {server}: {why}"));
            }

            foreach (var question in Told.Values)
            {
                question.End(new Answer.Lost($"the connection to {server} was lost before its answer came"));
            }

            Waiting.Clear();
            Told.Clear();
        }
    }
}
