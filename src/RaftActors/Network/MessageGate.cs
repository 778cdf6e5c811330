using Akka.Actor;
using Akka.Event;

using RaftActors.Security;
using RaftActors.Settings;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// Checks each message of one incoming, authenticated connection: a node speaks only for itself, and a client does only what its role
/// allows. A refused message is answered where it has an answer, and the first one of each kind is logged once a minute. Not thread-safe.
/// </summary>
/// <param name="peer">The address that the other side may speak for.</param>
/// <param name="role">Its role on this connection. A client's is never <see cref="ConnectionRole.Node"/>.</param>
internal sealed class MessageGate(PeerIdentity identity, Address peer, ConnectionRole role, NetworkContext context)
{
    // No client of this library sends one. Some may come from a program that was a node before.
    private const int RefusedMax = 100;

    private readonly HashSet<ProcessName> _vouched = [];
    private int _refused;

    /// <summary>Whether a message may pass. Answers the others.</summary>
    /// <exception cref="InvalidDataException">A client has sent too many messages that are for nodes.</exception>
    public bool Admits(IActorRef to, object message, IActorRef from)
    {
        if (WhyNot(message, from) is not { } why)
        {
            return true;
        }

        Log(why);
        if (AnswerTo(message, why) is { } answer)
        {
            from.Tell(answer, to);
        }
        else
        {
            CountRefused();
        }

        return false;
    }

    /// <summary>
    /// Whether a message may be read at all. Serializers of the program read an outcome, so no client may send one. There is no answer.
    /// </summary>
    public bool AdmitsUnread(WireMessage message)
    {
        if (role == ConnectionRole.Node || message is not WireMessage.Foreign)
        {
            return true;
        }

        Log(WhyNot(ConnectionRole.Node));
        CountRefused();
        return false;
    }

    // A node that is refused may have other processes, which must not lose the connection.
    private void CountRefused()
    {
        if (role < ConnectionRole.Node && ++_refused > RefusedMax)
        {
            throw new InvalidDataException($"It has sent more than {RefusedMax} messages that no client may send.");
        }
    }

    /// <summary>The role that a message needs.</summary>
    public static ConnectionRole RoleFor(object message) => message switch
    {
        ClientCall.Append append when ValueCodec<object?>.IsReset(append.Value.Span) => ConnectionRole.Operator,
        ClientCall.Append => ConnectionRole.Writer,
        ClientCall.Change or ClientCall.Backup or ClientCall.TakeSnapshot => ConnectionRole.Operator,
        ClientCall => ConnectionRole.Reader,
        WireMessage.Traced traced => RoleFor(traced.Inner),
        _ => ConnectionRole.Node,
    };

    private string? WhyNot(object message, IActorRef from)
    {
        if (!from.Path.Address.Equals(peer))
        {
            return $"its sender is at {from.Path.Address}.";
        }

        if (role < ConnectionRole.Node)
        {
            var needed = RoleFor(message);
            return role >= needed ? null : WhyNot(needed);
        }

        return (message is WireMessage.Traced traced ? traced.Inner : message) switch
        {
            WireMessage.CoreMessage core => WhyNot(core.Envelope.From.Name),
            WireMessage.Hello hello => WhyNot(hello.Processes),
            WireMessage.Leaving leaving => WhyNot(leaving.Process),
            WireMessage.ActorAt actor => WhyNot(actor.Process),
            _ => null,
        };
    }

    // By the name, which the other side cannot choose: a client that connects again and again must not fill the log.
    private void Log(string why)
    {
        if (context.Refusals.TryGive(identity.Name, why, out var text))
        {
            context.Log.Warning("Refused a message of {0} at {1}: {2}", identity, peer, text);
        }
    }

    private string WhyNot(ConnectionRole needed) => needed == ConnectionRole.Node
        ? $"it has the role {NameOf(role)}, and such messages are for nodes."
        : $"it has the role {NameOf(role)}, and this call needs the role {NameOf(needed)}. Give it the role on all nodes: in "
            + $"raft.security.roles, or by --{NameOf(needed)}s.";

    private string? WhyNot(IEnumerable<LocalProcess> processes) => processes.Select(WhyNot).FirstOrDefault(why => why is not null);

    private string? WhyNot(LocalProcess process) =>
        WirePath.TryParse(process.Engine, out var path) && path.Address.Equals(peer)
            ? WhyNot(process.Name)
            : $"the engine of {process.Name} is at {process.Engine}.";

    private string? WhyNot(ProcessName name)
    {
        if (_vouched.Contains(name))
        {
            return null;
        }

        if (!identity.VouchesFor(name))
        {
            return $"it speaks for {name}, and its certificate has no name of that node. Issue one with the subject alternative name "
                + $"'{name.Node}', or with its host.";
        }

        if (_vouched.Count < FrameWriter.MaxKnown)
        {
            _vouched.Add(name);
        }

        return null;
    }

    private object? AnswerTo(object message, string why) => message switch
    {
        ClientCall.Append append => new Outcome<object?>.NotCommitted(
            NotCommittedReason.Unauthorized, $"{identity} was refused: {why}", RequestRef.Of(append.Request)),
        ClientCall => new ClientReply.Forbidden($"{identity} was refused: {why}"),
        WireMessage.Traced traced => AnswerTo(traced.Inner, why),
        _ => null,
    };

    private static string NameOf(ConnectionRole role) => role.ToString().ToLowerInvariant();
}
