using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace RaftActors.Values;

/// <summary>The types that a program writes as JSON without a codec of their own. Thread-safe.</summary>
internal sealed class JsonTypes
{
    private readonly Lock _lock = new();
    private readonly HashSet<Type> _missed = [];
    private volatile Dictionary<Type, JsonType> _byType = [];
    private volatile Dictionary<string, JsonType> _byName = [];

    /// <summary>
    /// Adds the types of a context that RaftActors does not know yet. A type of an earlier context stays as it is. See <see
    /// cref="Raft.UseJson"/>.
    /// </summary>
    /// <typeparam name="TContext">The context, by its own type.</typeparam>
    /// <param name="context">The context, such as <c>ShopJson.Default</c>.</param>
    /// <exception cref="ArgumentException">The context has no types, or two types have the same name.</exception>
    /// <exception cref="InvalidOperationException">One of the types is in use without JSON.</exception>
    public void UseJson<TContext>(TContext context)
        where TContext : JsonSerializerContext
    {
        ArgumentNullException.ThrowIfNull(context);
        List<JsonTypeInfo> found =
        [
            .. typeof(TContext).GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Select(property => property.PropertyType)
                .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(JsonTypeInfo<>))
                .Select(type => context.GetTypeInfo(type.GenericTypeArguments[0]))
                .OfType<JsonTypeInfo>(),
        ];
        if (found.Count == 0)
        {
            throw new ArgumentException(
                $"Cannot use {typeof(TContext)} for JSON: it has no types. Pass a context with [JsonSerializable] types, by its own type.",
                nameof(context));
        }

        lock (_lock)
        {
            var (byType, byName) = (new Dictionary<Type, JsonType>(_byType), new Dictionary<string, JsonType>(_byName));
            foreach (var info in found.Where(info => !KnownTypes.Has(info.Type) && !byType.ContainsKey(info.Type)))
            {
                Demand(info.Type, byName);
                byType[info.Type] = byName[JsonType.NameOf(info.Type)] = new JsonType(info);
            }

            (_byType, _byName) = (byType, byName);
        }
    }

    /// <summary>
    /// Returns the JSON of a declared type. If it has none, returns null, and <see cref="UseJson"/> refuses the type from now on.
    /// </summary>
    /// <param name="isStrict">See <see cref="StrictJson"/>.</param>
    public RaftCodec<T>? CodecOf<T>(bool isStrict)
    {
        if (_byType.TryGetValue(typeof(T), out var known))
        {
            return RaftCodec.Json((JsonTypeInfo<T>)known.Info, isStrict);
        }

        lock (_lock)
        {
            _missed.Add(typeof(T));
            return null;
        }
    }

    /// <summary>Returns the JSON of a value's own type, or null.</summary>
    public JsonType? Of(Type type) => _byType.GetValueOrDefault(type);

    /// <summary>Returns the type that a message or the log names, or null if this node does not use it. Never loads a type.</summary>
    public JsonType? Of(string name) => _byName.GetValueOrDefault(name);

    /// <summary>
    /// A number for the JSON of all types that a value of the declared type may have; see <see cref="JsonContract"/>. 0 for object: a new
    /// type of any other group would change the number, although no value of this one has it.
    /// </summary>
    public ulong ContractOf(Type declared)
    {
        if (declared == typeof(object))
        {
            return 0;
        }

        var sum = 0UL;
        foreach (var (type, known) in _byType)
        {
            sum += declared.IsAssignableFrom(type) ? JsonContract.Of(known.Info) : 0;
        }

        return sum;
    }

    private void Demand(Type type, Dictionary<string, JsonType> byName)
    {
        if (_missed.Contains(type))
        {
            throw new InvalidOperationException(
                $"Cannot use JSON for {type}: an actor or a client uses this type without it. Call UseJson before they are created.");
        }

        if (byName.TryGetValue(JsonType.NameOf(type), out var other))
        {
            throw new ArgumentException(
                $"Cannot use JSON for {type} of {type.Assembly}: a type of {other.Info.Type.Assembly} has the same name. Rename one.");
        }
    }
}
