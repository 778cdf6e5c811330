using System.Reflection;

namespace Akka.Configuration;

/// <summary>
/// Creates configurations from HOCON. The methods throw <see cref="ConfigurationException"/> for malformed text. Its message has
/// file (or "&lt;string&gt;"), line, column, the unexpected text and the expected one.
/// </summary>
public class ConfigurationFactory
{
    private ConfigurationFactory()
    {
    }

    public static Config Empty => Config.Empty;

    /// <summary>
    /// Parses HOCON. <c>include "file"</c> is relative to the file of the last comment <c>#line 1 "file"</c>, else to the current
    /// directory. That comment also gives the place for errors. Substitutions see this text and its includes, then environment
    /// variables. They do not see fallbacks.
    /// </summary>
    public static Config ParseString(string hocon) => new(HoconParser.Parse(hocon, "<string>"));

    public static Config FromResource(string resourceName, object instanceInAssembly) =>
        FromResource(resourceName, instanceInAssembly.GetType().Assembly);

    public static Config FromResource<TAssembly>(string resourceName) => FromResource(resourceName, typeof(TAssembly).Assembly);

    /// <summary>Parses HOCON from an embedded resource.</summary>
    public static Config FromResource(string resourceName, Assembly assembly)
    {
        using var stream = assembly.GetManifestResourceStream(resourceName);
        if (stream is null)
        {
            var names = string.Join(", ", assembly.GetManifestResourceNames());
            throw new ConfigurationException($"{assembly.GetName().Name} has no resource '{resourceName}'. It has: {names}.");
        }

        using var reader = new StreamReader(stream);
        return new Config(HoconParser.Parse(reader.ReadToEnd(), $"<{resourceName}>"));
    }
}
