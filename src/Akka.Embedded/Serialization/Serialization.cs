using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;

using ParsedType = System.Reflection.Metadata.TypeName;

namespace Akka.Serialization;

/// <summary>
/// The serializers of an actor system, and the binding of types to them. The configuration names serializers in
/// <c>akka.actor.serializers</c> (name = type), and bindings in <c>akka.actor.serialization-bindings</c> (type = name). A type
/// without a binding is an error. No reflective serializer exists, because it would create any type that the network names.
/// </summary>
public class Serialization
{
    private const string SerializersKey = "akka.actor.serializers";
    private const string BindingsKey = "akka.actor.serialization-bindings";

    /// <summary>The address that this thread writes into references while it serializes for the network. Null otherwise.</summary>
    [ThreadStatic]
    private static Address? _addressInRefs;

    private readonly NullSerializer _nullSerializer;
    private readonly ConcurrentDictionary<int, Serializer> _byIdentifier = new();
    private readonly ConcurrentDictionary<string, Serializer> _byName = new();
    private readonly ConcurrentDictionary<Type, Serializer> _bindings = new();

    /// <summary>Results of <see cref="FindSerializerForType"/> for types without a binding of their own.</summary>
    private readonly ConcurrentDictionary<Type, Serializer> _found = new();

    public Serialization(ExtendedActorSystem system)
    {
        System = system;
        AddSerializer("null", _nullSerializer = new NullSerializer(system));
        AddBuiltIn("bytes", new ByteArraySerializer(system), ByteArraySerializer.Types);
        AddBuiltIn("primitive", new PrimitiveSerializer(system), PrimitiveSerializer.Types);
        AddBuiltIn("akka-misc", new MiscMessageSerializer(system), MiscMessageSerializer.Types);
        AddConfigured(system.Settings.Config);
    }

    public ExtendedActorSystem System { get; }

    /// <summary>Runs an action. Meanwhile, references to this system's actors are written so that other systems can reach them.</summary>
    public static T WithTransport<T>(ExtendedActorSystem system, Func<T> action) =>
        WithAddress(system.Provider.DefaultAddress, action, static action => action());

    public static T WithTransport<TState, T>(ExtendedActorSystem system, TState state, Func<TState, T> action) =>
        WithAddress(system.Provider.DefaultAddress, state, action);

    /// <summary>
    /// Returns a reference as text: path and uid, with the current transport's address. Outside of a transport, a local actor's
    /// path has no usable address. Null gives an empty text.
    /// </summary>
    public static string SerializedActorPath(IActorRef? actorRef)
    {
        return actorRef switch
        {
            null => "",
            _ when _addressInRefs is null => actorRef.Path.ToSerializationFormat(),
            _ => actorRef.Path.ToSerializationFormatWithAddress(_addressInRefs),
        };
    }

    /// <summary>Returns the manifest that must travel with the bytes. Empty if the serializer needs none.</summary>
    public static string ManifestFor(Serializer s, object msg)
    {
        return s switch
        {
            SerializerWithStringManifest named => named.Manifest(msg),
            { IncludeManifest: true } => TypeName(msg.GetType()),
            _ => "",
        };
    }

    public IActorRef DeserializeActorRef(string path) => System.Provider.ResolveActorRef(path);

    public byte[] Serialize(object o) => WithTransport(System, () => FindSerializerFor(o).ToBinary(o));

    /// <exception cref="SerializationException">The identifier is unknown, or the bytes are malformed.</exception>
    public object? Deserialize(byte[] bytes, int serializerId, Type? type) => Find(serializerId).FromBinary(bytes, type);

    /// <exception cref="SerializationException">The identifier or the manifest is unknown, or the bytes are malformed.</exception>
    public object? Deserialize(byte[] bytes, int serializerId, string manifest)
    {
        return Find(serializerId) switch
        {
            SerializerWithStringManifest named => named.FromBinary(bytes, manifest),
            var serializer when manifest.Length == 0 => serializer.FromBinary(bytes, null),
            var serializer => serializer.FromBinary(bytes, BoundType(manifest, serializer)),
        };
    }

    public Serializer FindSerializerFor(object? obj, string? defaultSerializerName = null) =>
        obj is null ? _nullSerializer : FindSerializerForType(obj.GetType(), defaultSerializerName);

    /// <summary>Returns the serializer bound to the type, else to its nearest base class, else to its most derived interface.</summary>
    /// <exception cref="SerializationException">No serializer is bound, and none has the default name.</exception>
    public Serializer FindSerializerForType(Type objectType, string? defaultSerializerName = null)
    {
        if (_bindings.TryGetValue(objectType, out var serializer) || _found.TryGetValue(objectType, out serializer))
        {
            return serializer;
        }

        if (NearestBinding(objectType) is { } nearest)
        {
            return _found[objectType] = _bindings[nearest];
        }

        return defaultSerializerName is not null && _byName.TryGetValue(defaultSerializerName, out serializer)
            ? serializer
            : throw new SerializationException(
                $"No serializer is bound to {objectType}, so it cannot be sent to another system or stored. Set {BindingsKey} "
                + $"{{ \"{TypeName(objectType)}\" = <name> }}, where <name> is a key of {SerializersKey}.");
    }

    /// <summary>Registers a serializer under its identifier and a name.</summary>
    public void AddSerializer(string name, Serializer serializer)
    {
        _byName[name] = serializer;
        _byIdentifier[serializer.Identifier] = serializer;
    }

    /// <summary>Binds a serializer to a type, and to derived types without a nearer binding.</summary>
    public void AddSerializationMap(Type type, Serializer serializer)
    {
        _bindings[type] = serializer;
        _found.Clear();
    }

    internal static T WithAddress<TState, T>(Address address, TState state, Func<TState, T> action)
    {
        var outer = _addressInRefs;
        _addressInRefs = address;
        try
        {
            return action(state);
        }
        finally
        {
            _addressInRefs = outer;
        }
    }

    /// <summary>Returns the name of a type with its assembly, without version and key.</summary>
    internal static string TypeName(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";

    /// <summary>
    /// Returns the nearest bound type: the one that is assignable to the others. Unrelated interfaces are chosen by name.
    /// </summary>
    private Type? NearestBinding(Type objectType)
    {
        var bound = _bindings.Keys.Where(type => type.IsAssignableFrom(objectType)).OrderBy(type => type.FullName, StringComparer.Ordinal);
        return Nearest([.. bound.Where(type => !type.IsInterface)]) ?? Nearest([.. bound]);

        static Type? Nearest(List<Type> types) => types.Find(type => !types.Exists(other => other != type && type.IsAssignableFrom(other)));
    }

    private void AddBuiltIn(string name, Serializer serializer, IEnumerable<Type> types)
    {
        AddSerializer(name, serializer);
        foreach (var type in types)
        {
            AddSerializationMap(type, serializer);
        }
    }

    private void AddConfigured(Config config)
    {
        var serializers = config.GetConfig(SerializersKey) ?? Config.Empty;
        foreach (var name in serializers.Keys)
        {
            var type = serializers.GetString(HoconPath.Segment(name))!;
            var serializer = ConfiguredType.Create<Serializer>(type, $"{SerializersKey}.{name}", System);
            if (_byIdentifier.TryGetValue(serializer.Identifier, out var other) && other.GetType() != serializer.GetType())
            {
                throw new ConfigurationException(
                    $"{SerializersKey}.{name}: {serializer.GetType()} and {other.GetType()} both have the identifier {other.Identifier}.");
            }

            AddSerializer(name, serializer);
        }

        var bindings = config.GetConfig(BindingsKey) ?? Config.Empty;
        foreach (var type in bindings.Keys)
        {
            var name = bindings.GetString(HoconPath.Segment(type))!;
            AddSerializationMap(
                ConfiguredType.Find(type, BindingsKey),
                _byName.TryGetValue(name, out var serializer) ? serializer : throw new ConfigurationException(
                    $"{BindingsKey} binds '{type}' to '{name}', which is not a key of {SerializersKey}."));
        }
    }

    private Serializer Find(int serializerId)
    {
        return _byIdentifier.TryGetValue(serializerId, out var serializer) ? serializer : throw new SerializationException(
            $"No serializer has the identifier {serializerId}. {SerializersKey} must be the same on all nodes.");
    }

    /// <summary>
    /// Returns the type that a manifest names, if this serializer is the one bound to it. Searches only assemblies that are loaded
    /// already.
    /// </summary>
    private Type BoundType(string manifest, Serializer serializer)
    {
        // Type.GetType throws for some names that it cannot parse.
        var type = !ParsedType.TryParse(manifest, out _) ? null : Type.GetType(
            manifest,
            name => Array.Find(AppDomain.CurrentDomain.GetAssemblies(), assembly => assembly.GetName().Name == name.Name),
            typeResolver: null);
        return type is not null && FindSerializerForType(type) == serializer ? type : throw new SerializationException(
            $"'{manifest}' is not a type that {BindingsKey} binds to the serializer with the identifier {serializer.Identifier}.");
    }
}
