using System.Runtime.CompilerServices;

using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace RaftActors.Values;

/// <summary>
/// The Akka serializers that a value may name. Its bytes come from other nodes and from clients. So they must not reach a serializer that
/// lets them choose types, unless the user has bound it. Akka's JSON serializer takes every type, and Akka's serializers of its own
/// messages read the payloads in them by any other serializer.
/// </summary>
internal sealed class ReadableSerializers
{
    private static readonly ConditionalWeakTable<ActorSystem, ReadableSerializers> OfSystems = [];

    private const string Bindings = "akka.actor.serialization-bindings";
    private const string OfAnything = "System.Object";
    private const int Json = 1;
    private const int Protobuf = 2;

    // Akka.NET reserves 0 to 40 for its own serializers.
    private const int OwnMax = 40;

    private readonly int _ofAnything;
    private readonly bool _isOfAnythingBound;
    private readonly (int Identifier, string Manifest) _ofActors;

    private ReadableSerializers(ActorSystem system)
    {
        _ofAnything = system.Serialization.FindSerializerForType(typeof(object)).Identifier;
        _isOfAnythingBound = IsOfAnythingBound(system);
        var ofActors = system.Serialization.FindSerializerForType(system.DeadLetters.GetType());
        _ofActors = (ofActors.Identifier, Serialization.ManifestFor(ofActors, system.DeadLetters));
    }

    /// <summary>Returns the object of an actor system, whose bindings never change.</summary>
    public static ReadableSerializers Of(ActorSystem system) => OfSystems.GetValue(system, static one => new ReadableSerializers(one));

    /// <param name="manifest">The name of the value's type, as the serializer writes it.</param>
    public bool Contains(int identifier, string manifest) =>
        identifier == _ofAnything || identifier == Json ? _isOfAnythingBound
        : identifier is < 0 or > OwnMax or Protobuf || (identifier, manifest) == _ofActors;

    // A SerializationSetup does not tell which types it binds, so it counts as a binding.
    private static bool IsOfAnythingBound(ActorSystem system)
    {
        if (system.Settings.Setup.Get<SerializationSetup>().HasValue)
        {
            return true;
        }

        var config = system.Settings.Config;
        var bindings = (config.GetConfig(Bindings) ?? Config.Empty).AsEnumerable()
            .Select(binding => (Type: binding.Key, Serializer: ClassOf(config, binding.Value.GetString())))
            .ToList();
        var json = typeof(NewtonSoftJsonSerializer).FullName;
        HashSet<string?> ofAnything =
            [json, .. bindings.Where(binding => binding.Type == OfAnything).Select(binding => binding.Serializer)];
        return bindings.Any(binding => binding.Type != OfAnything && ofAnything.Contains(binding.Serializer));
    }

    private static string? ClassOf(Config config, string alias) =>
        config.GetString($"akka.actor.serializers.{alias}")?.Split(',')[0].Trim();
}
