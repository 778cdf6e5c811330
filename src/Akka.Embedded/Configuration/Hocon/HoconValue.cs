namespace Akka.Configuration.Hocon;

/// <summary>A value of a configuration: a text, a list, or an object with keys. Only its HOCON can be had, by ToString.</summary>
public class HoconValue
{
    private protected HoconValue()
    {
    }
}
