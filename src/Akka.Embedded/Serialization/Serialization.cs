using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Serialization;

/// <summary>
/// The serializers of an actor system, and which type goes to which. Configured by <c>akka.actor.serializers</c> (name = type) and
/// <c>akka.actor.serialization-bindings</c> (type = name). There is no serializer for everything: a type without a binding is an error,
/// because a serializer that makes whatever type the network names is an open door.
/// </summary>
public class Serialization
{
    private const string SerializersKey = "akka.actor.serializers";
    private const string BindingsKey = "akka.actor.serialization-bindings";

    /// <summary>The address with which refs are written on this thread, set while a serializer works for the wire.</summary>
    [ThreadStatic]
    private static Address? _addressInRefs;

    private readonly NullSerializer _nullSerializer;
    private readonly ConcurrentDictionary<int, Serializer> _byIdentifier = new();
    private readonly ConcurrentDictionary<string, Serializer> _byName = new();
    private readonly ConcurrentDictionary<Type, Serializer> _bindings = new();

    /// <summary>What <see cref="FindSerializerForType"/> found for types that have no binding of their own.</summary>
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

    /// <summary>Runs something with refs to this system's actors written so that other systems can reach them.</summary>
    public static T WithTransport<T>(ExtendedActorSystem system, Func<T> action) => WithAddress(system.Provider.DefaultAddress, action);

    public static T WithTransport<TState, T>(ExtendedActorSystem system, TState state, Func<TState, T> action) =>
        WithAddress(system.Provider.DefaultAddress, () => action(state));

    /// <summary>
    /// A ref as text: path and uid, with the address of the transport that is at work. Outside of one a local actor's path has no
    /// address that other systems could use. No ref is an empty text.
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

    /// <summary>The text that must travel with the bytes of a message; empty where its serializer needs none.</summary>
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

    /// <exception cref="SerializationException">The identifier is unknown, or the bytes are not what the serializer wrote.</exception>
    public object? Deserialize(byte[] bytes, int serializerId, Type? type) => Find(serializerId).FromBinary(bytes, type);

    /// <exception cref="SerializationException">Identifier or manifest is unknown, or the bytes do not fit them.</exception>
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

    /// <summary>The serializer bound to the type, else to its nearest base class, else to the most special of its interfaces.</summary>
    /// <exception cref="SerializationException">There is none, nor one of the default name.</exception>
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
                $"No serializer is bound to {objectType}, which must leave the process; set {BindingsKey} "
                + $"{{ \"{TypeName(objectType)}\" = <name> }}, where <name> is a key of {SerializersKey}.");
    }

    /// <summary>Makes a serializer known by its identifier and a name.</summary>
    public void AddSerializer(string name, Serializer serializer)
    {
        _byName[name] = serializer;
        _byIdentifier[serializer.Identifier] = serializer;
    }

    /// <summary>Binds a type, and what is derived from it and has no nearer binding, to a serializer.</summary>
    public void AddSerializationMap(Type type, Serializer serializer)
    {
        _bindings[type] = serializer;
        _found.Clear();
    }

    internal static T WithAddress<T>(Address address, Func<T> action)
    {
        var outer = _addressInRefs;
        _addressInRefs = address;
        try
        {
            return action();
        }
        finally
        {
            _addressInRefs = outer;
        }
    }

    /// <summary>The name of a type without version and key of its assembly.</summary>
    internal static string TypeName(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";

    /// <summary>One type is nearer than another if it can be assigned to it. Between unrelated interfaces the name decides.</summary>
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
                    $"{BindingsKey} binds '{type}' to '{name}', which is no key of {SerializersKey}."));
        }
    }

    private Serializer Find(int serializerId)
    {
        return _byIdentifier.TryGetValue(serializerId, out var serializer) ? serializer : throw new SerializationException(
            $"No serializer has the identifier {serializerId}; {SerializersKey} must be the same on all nodes.");
    }

    /// <summary>
    /// The type that a manifest from the network names, if it is one that this very serializer would be given to write. It is looked
    /// for in assemblies that are loaded already.
    /// </summary>
    private Type BoundType(string manifest, Serializer serializer)
    {
        var type = Type.GetType(
            manifest,
            name => Array.Find(AppDomain.CurrentDomain.GetAssemblies(), assembly => assembly.GetName().Name == name.Name),
            typeResolver: null);
        return type is not null && FindSerializerForType(type) == serializer ? type : throw new SerializationException(
            $"'{manifest}' is no type that {BindingsKey} binds to the serializer with the identifier {serializer.Identifier}.");
    }
}
