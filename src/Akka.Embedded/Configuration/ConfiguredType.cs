using System.Reflection;

namespace Akka.Configuration;

/// <summary>Resolves types that a configuration names as <c>Namespace.Type, Assembly</c>: serializers, loggers, schedulers.</summary>
internal static class ConfiguredType
{
    /// <summary>Finds a type by name. Assembly names of Akka.NET stand for the embedded ones, so that one file works on both.</summary>
    /// <param name="name">The type's full name. The assembly may be missing if it is this one.</param>
    /// <param name="key">The configuration key, for the error message.</param>
    public static Type Find(string name, string key)
    {
        return Type.GetType(name, FindAssembly, typeResolver: null) ?? throw new ConfigurationException(
            $"{key} names the type '{name}', which does not exist. Expected 'Namespace.Type, Assembly' of a public type.");
    }

    /// <summary>Creates an instance of a type, with the constructor that takes these arguments.</summary>
    public static T Create<T>(string name, string key, params object[] arguments)
        where T : class
    {
        var type = Find(name, key);
        if (!type.IsAssignableTo(typeof(T)))
        {
            throw new ConfigurationException($"{key} names the type '{name}', which is not derived from {typeof(T).FullName}.");
        }

        try
        {
            return (T)Activator.CreateInstance(type, arguments)!; // Justification: null only for nullable value types.
        }
        catch (MissingMethodException error)
        {
            var parameters = string.Join(", ", arguments.Select(argument => argument.GetType().Name));
            throw new ConfigurationException($"{key} names the type '{name}', which has no constructor for ({parameters}).", error);
        }
    }

    private static Assembly? FindAssembly(AssemblyName name)
    {
        try
        {
            return name.Name switch
            {
                "Akka" or "Akka.Remote" or "Akka.Cluster" => typeof(ConfiguredType).Assembly,
                "Akka.TestKit" or "Akka.TestKit.Xunit2" => Assembly.Load("Akka.Embedded.TestKit"),
                _ => Assembly.Load(name),
            };
        }
        catch (Exception error) when (error is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            return null; // The caller's error names type and key.
        }
    }
}
