using System.Runtime.Serialization;

using Akka.Actor;

namespace RaftActors.Fuzz.Targets;

/// <summary>
/// A message by the number of its serializer: the messages of the embedded runtime, with messages of any other kind inside of them.
/// </summary>
internal sealed class AkkaMessagesTarget : Target
{
    private const int NumberOfRaft = 255;

    public override string Name => "akka";

    public override string Reads => "Serialization of the embedded runtime, with its own serializers";

    public override IReadOnlyList<byte[]> Words { get; } =
        [[16, 0, 0, 0, 2, .. "SS"u8], [16, 0, 0, 0, 3, .. "SEL"u8], [17, 0, 0, 0, 1, .. "S"u8]];

    public override IEnumerable<byte[]> Seeds()
    {
        var actor = FuzzSystem.Instance.DeadLetters;
        object[] messages =
        [
            new Identify("größe"), new ActorIdentity(42, actor), new ActorIdentity(null, null), PoisonPill.Instance, Kill.Instance,
            new Status.Success(new Status.Success(12L)), new Status.Failure(new ArgumentException("bad"), new byte[] { 1, 2 }),
            new Address("akka.tcp", "demo", "127.0.0.1", 2551), actor, new ActorSelectionMessage("text", ["user", "..", "a*"], true),
            "text", 42, 42L, new byte[] { 1, 0, 255 },
        ];
        return messages.Select(PackedOf);
    }

    public override byte[] Mutate(byte[] input, Inputs.Mutator mutator) => Packed.Mutate(input, mutator, Words);

    public override object Read(byte[] input)
    {
        var packed = Packed.Of(input);
        var number = packed.Number == NumberOfRaft ? 1520 : packed.Number;
        return FuzzSystem.Instance.Serialization.Deserialize(packed.Bytes, number, packed.Manifest) ?? "null";
    }

    public override string ShapeOf(object read) => read is Status.Success success ? $"success {success.Status?.GetType()}" : "";

    public override void Check(object read)
    {
        var packed = Packed.Of(PackedOf(read));
        var again = Read(packed.ToBytes());
        DemandEqual(TextOf(read), TextOf(again), "A message changes when it is written again");
    }

    // Raft's own serializer documents another exception.
    public override bool IsRefusal(Exception e) => e is SerializationException or InvalidDataException;

    private static byte[] PackedOf(object message)
    {
        var serializer = FuzzSystem.Instance.Serialization.FindSerializerFor(message);
        var number = serializer.Identifier > byte.MaxValue ? NumberOfRaft : serializer.Identifier;
        return new Packed(
            number, Akka.Serialization.Serialization.ManifestFor(serializer, message), serializer.ToBinary(message)).ToBytes();
    }

    private static string TextOf(object? message) => message switch
    {
        byte[] bytes => Convert.ToHexString(bytes),
        Identify identify => $"Identify {TextOf(identify.MessageId)}",
        ActorIdentity identity => $"{identity.Subject is not null} {TextOf(identity.MessageId)}",
        Status.Success success => $"Success {TextOf(success.Status)}",
        Status.Failure failure => $"Failure {TextOf(failure.State)}",
        ActorSelectionMessage selection =>
            $"{TextOf(selection.Message)} {string.Join('/', selection.Elements)} {selection.WildcardFanOut}",
        // Without remoting, a path of another system is the dead letters.
        IActorRef => "an actor",
        _ => $"{message}",
    };
}
