using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Remote;

namespace Akka.Serialization;

/// <summary>Serializes the runtime's own messages that users may send to other systems. Each payload uses its own serializer.</summary>
internal sealed class MiscMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public static readonly Type[] Types =
    [
        typeof(Identify), typeof(ActorIdentity), typeof(PoisonPill), typeof(Kill), typeof(Status.Success), typeof(Status.Failure),
        typeof(Address), typeof(IActorRef), typeof(ActorSelectionMessage),
    ];

    /// <summary>The manifests by type name, for FromBinary with a type. Actor references have several types.</summary>
    private static readonly Dictionary<string, string> ManifestsOfTypes = MakeManifestsOfTypes();

    public override int Identifier => 16;

    public override string Manifest(object o)
    {
        return o switch
        {
            Identify => "ID",
            ActorIdentity => "AID",
            PoisonPill => "PP",
            Kill => "K",
            Status.Success => "SS",
            Status.Failure => "SF",
            Address => "A",
            IActorRef => "AR",
            ActorSelectionMessage => "SEL",
            _ => throw new ArgumentException($"{o.GetType()} is not a message of the runtime.", nameof(o)),
        };
    }

    public override byte[] ToBinary(object obj)
    {
        var bytes = new WireWriter();
        switch (obj)
        {
            case Identify identify:
                bytes.WritePayload(identify.MessageId, system.Serialization);
                break;
            case ActorIdentity identity:
                bytes.WriteText(Serialization.SerializedActorPath(identity.Subject));
                bytes.WritePayload(identity.MessageId, system.Serialization);
                break;
            case Status.Success success:
                bytes.WritePayload(success.Status, system.Serialization);
                break;
            case Status.Failure failure:
                bytes.WriteText(failure.Cause is null ? "" : $"{failure.Cause.GetType()}: {failure.Cause.Message}");
                bytes.WritePayload(failure.State, system.Serialization);
                break;
            case Address address:
                bytes.WriteAddress(address);
                break;
            case IActorRef actorRef:
                bytes.WriteText(Serialization.SerializedActorPath(actorRef));
                break;
            case ActorSelectionMessage selection:
                Write(bytes, selection);
                break;
        }

        return bytes.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var reader = new WireReader(bytes);
        return ManifestsOfTypes.GetValueOrDefault(manifest, manifest) switch
        {
            "ID" => new Identify(reader.ReadPayload(system.Serialization)),
            "AID" when ReadRef(ref reader) is var subject => new ActorIdentity(reader.ReadPayload(system.Serialization), subject),
            "PP" => PoisonPill.Instance,
            "K" => Kill.Instance,
            "SS" => new Status.Success(reader.ReadPayload(system.Serialization)),
            "SF" when reader.ReadText() is var cause =>
                new Status.Failure(new RemoteFailureException(cause), reader.ReadPayload(system.Serialization)),
            "A" => reader.ReadAddress(),
            "AR" => ReadRef(ref reader) ?? Nobody.Instance,
            "SEL" => ReadSelection(ref reader),
            _ => throw new SerializationException($"Unknown manifest '{manifest}' for a message of the runtime."),
        };
    }

    private static Dictionary<string, string> MakeManifestsOfTypes()
    {
        var manifests = new Dictionary<string, string>
        {
            [Serialization.TypeName(typeof(Identify))] = "ID",
            [Serialization.TypeName(typeof(ActorIdentity))] = "AID",
            [Serialization.TypeName(typeof(PoisonPill))] = "PP",
            [Serialization.TypeName(typeof(Kill))] = "K",
            [Serialization.TypeName(typeof(Status.Success))] = "SS",
            [Serialization.TypeName(typeof(Status.Failure))] = "SF",
            [Serialization.TypeName(typeof(Address))] = "A",
            [Serialization.TypeName(typeof(ActorSelectionMessage))] = "SEL",
        };
        foreach (var type in typeof(IActorRef).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IActorRef))))
        {
            manifests[Serialization.TypeName(type)] = "AR";
        }

        return manifests;
    }

    private void Write(WireWriter bytes, ActorSelectionMessage selection)
    {
        bytes.WriteBoolean(selection.WildcardFanOut);
        bytes.WriteVarint(selection.Elements.Length);
        foreach (var element in selection.Elements)
        {
            bytes.WriteText(element);
        }

        bytes.WritePayload(selection.Message, system.Serialization);
    }

    private ActorSelectionMessage ReadSelection(ref WireReader reader)
    {
        var fansOut = reader.ReadBoolean();
        var elements = new string[reader.ReadCount()];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = reader.ReadText();
        }

        var message = reader.ReadPayload(system.Serialization) ?? throw new SerializationException("The message of a selection is null.");
        return new ActorSelectionMessage(message, elements, fansOut);
    }

    private IActorRef? ReadRef(ref WireReader reader)
    {
        var path = reader.ReadText();
        return path.Length == 0 ? null : system.Serialization.DeserializeActorRef(path);
    }
}

/// <summary>
/// The cause of a failure in another system. Its text holds type and message of the original. The exception type is not restored,
/// because the network must not choose types.
/// </summary>
internal sealed class RemoteFailureException(string message) : AkkaException(message);
