using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json.Serialization;

using Akka.Actor;

namespace RaftActors.Cli.Offline;

/// <summary>
/// A build of an application, loaded with the dependencies in its own folder, so that two builds of one name do not mix. The assemblies of
/// RaftActors, Akka and .NET are those of this program, because an actor and its replay must have the same types.
/// </summary>
internal sealed class ActorBuild : AssemblyLoadContext
{
    private readonly string _path;
    private readonly AssemblyDependencyResolver _resolver;
    private readonly List<Type> _types;

    /// <exception cref="RaftConfigurationException">The file is missing, is no build, or needs another RaftActors or Akka.</exception>
    public ActorBuild(string path)
        : base(path)
    {
        _path = Path.GetFullPath(path);
        try
        {
            _resolver = new AssemblyDependencyResolver(_path);
            Resolving += (_, name) => LoadOwn(name);
            _types = TypesOf(LoadFromAssemblyPath(_path));
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or InvalidOperationException)
        {
            throw WrongVersion(e) ?? new RaftConfigurationException(
                $"Cannot load {_path}: {e.Message.TrimEnd('.')}. Name the dll of a build, in its folder with its dependencies.", e);
        }
    }

    /// <summary>Uses the JSON contexts of the build.</summary>
    public void SetUp(Raft raft)
    {
        var useJson = typeof(Raft).GetMethod(nameof(Raft.UseJson))!;
        foreach (var context in _types.Where(type => type.IsSubclassOf(typeof(JsonSerializerContext))))
        {
            if (context.GetProperty("Default")?.GetValue(null) is { } known)
            {
                Unwrapped(() => useJson.MakeGenericMethod(context).Invoke(raft, [known]));
            }
        }
    }

    /// <summary>Finds the class to replay.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="named">A name with or without the namespace. Null: the build has one class that can be created.</param>
    /// <returns>Creates the actor.</returns>
    public Func<ActorBase> Find(string option, string? named)
    {
        var found = _types.Where(type => named is null ? IsActor(type) || FactoryOf(type) is not null
            : type.FullName == named || type.Name == named).ToList();
        var ways = found.Select(WayOf).OfType<Func<ActorBase>>().ToList();
        var names = string.Join(", ", found.Select(type => type.FullName).Order(StringComparer.Ordinal));
        return ways is [var only] ? only : throw new UsageException(
            found.Count == 0 ? $"{_path} has no {named ?? "class that derives from RaftActor"}: name the dll with the actor, and its class "
                + $"by {option}"
            : ways.Count > 1 ? $"{_path} has several raft actors: name one by {option}, of {names}"
            : $"{names} of {_path} cannot be created: add a constructor without arguments, or a public static method without arguments "
                + $"that returns the actor, and name its class by {option}");
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var name = assemblyName.Name ?? "";
        if (name.StartsWith("System.", StringComparison.Ordinal) || name == "netstandard" || name == "mscorlib")
        {
            return null;
        }

        var isRaft = name.Split('.')[0] == "RaftActors";
        if ((isRaft || name.Split('.')[0] == "Akka") && OfProgram(name) is { } shared)
        {
            var (has, needs) = (shared.GetName().Version!, assemblyName.Version!); // Justification: each build sets them.
            return (isRaft ? has == needs : has.Major == needs.Major && has >= needs) ? shared : throw new RaftConfigurationException(
                $"{_path} needs {name} {needs}, and this program has {has}. Use the raft of the version that the build has.");
        }

        return LoadOwn(assemblyName);
    }

    private static Assembly? OfProgram(string name)
    {
        try
        {
            return Default.LoadFromAssemblyName(new AssemblyName(name));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static bool IsActor(Type? type) => type is { IsAbstract: false, ContainsGenericParameters: false } && IsRaftActor(type);

    private static bool IsRaftActor(Type? type) => type is not null
        && ((type.IsGenericType && type.GetGenericTypeDefinition() == typeof(RaftActor<,>)) || IsRaftActor(type.BaseType));

    private static MethodInfo? FactoryOf(Type type) => type.ContainsGenericParameters ? null
        : type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .FirstOrDefault(method => !method.IsGenericMethod && method.GetParameters().Length == 0 && IsRaftActor(method.ReturnType));

    private static Func<ActorBase>? WayOf(Type type) =>
        FactoryOf(type) is { } factory ? () => (ActorBase)Unwrapped(() => factory.Invoke(null, null))!
        : IsActor(type)
            && Array.Find(type.GetConstructors(), each => Array.TrueForAll(each.GetParameters(), one => one.HasDefaultValue)) is { } found
            ? () => (ActorBase)Unwrapped(() => found.Invoke([.. found.GetParameters().Select(each => each.DefaultValue)]))!
        : null;

    private static object? Unwrapped(Func<object?> call)
    {
        try
        {
            return call();
        }
        catch (TargetInvocationException e)
        {
            throw new RaftConfigurationException(e.InnerException!.Message, e.InnerException);
        }
    }

    private Assembly? LoadOwn(AssemblyName name) => _resolver.ResolveAssemblyToPath(name) is { } path ? LoadFromAssemblyPath(path) : null;

    // Types whose dependencies are missing, such as those of a web server, are no actors.
    private static List<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return [.. assembly.GetTypes()];
        }
        catch (ReflectionTypeLoadException e)
        {
            return e.LoaderExceptions.Select(WrongVersion).FirstOrDefault(wrong => wrong is not null) is { } wrong
                ? throw wrong
                : [.. e.Types.OfType<Type>()];
        }
    }

    // The runtime wraps what Load throws.
    private static RaftConfigurationException? WrongVersion(Exception? e) =>
        e as RaftConfigurationException ?? e?.InnerException as RaftConfigurationException;
}
