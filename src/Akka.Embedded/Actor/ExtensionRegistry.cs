using System.Collections.Concurrent;

namespace Akka.Actor;

/// <summary>The extensions of one actor system. The first request creates an extension.</summary>
internal sealed class ExtensionRegistry(ExtendedActorSystem system)
{
    private readonly ConcurrentDictionary<Type, Lazy<object>> _extensions = new();

    public object Get(IExtensionId id) =>
        _extensions.GetOrAdd(id.ExtensionType, _ => new Lazy<object>(() => id.CreateExtension(system))).Value;

    public object? Find(Type type) => _extensions.TryGetValue(type, out var extension) ? extension.Value : null;

    public bool Has(Type type) => _extensions.ContainsKey(type);
}
