using System.Globalization;
using System.Reflection;
using System.Text;

namespace MemCache.TidyTests;

/// <summary>Writes down what an assembly offers to others: a line for each type and each member, sorted.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary>The whole surface as text.</summary>
    public static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{Kind(type)} {TypeName(type)}\n");
            foreach (string member in Members(type).Distinct().Order(StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"    {member}\n");
            }
        }

        return text.ToString();
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : type.IsSubclassOf(typeof(Delegate)) ? "delegate"
        : type.IsValueType ? (type.IsByRefLike ? "ref struct" : "struct")
        : type.IsAbstract && type.IsSealed ? "static class"
        : type.IsAbstract ? "abstract class"
        : type.IsSealed ? "sealed class" : "class";

    private static IEnumerable<string> Members(Type type)
    {
        foreach (MemberInfo member in type.GetMembers(Declared))
        {
            string? line = member switch
            {
                FieldInfo { IsSpecialName: false } field when IsVisible(field) => Field(field),
                ConstructorInfo { IsStatic: false } constructor when IsVisible(constructor) =>
                    $"new({Parameters(constructor)})",
                // A property shows as its accessors would; what the compiler adds to a record is not worth a line.
                MethodInfo { IsSpecialName: false } method when IsVisible(method) && !IsSynthesized(method) => Method(method),
                PropertyInfo property when Property(property) is { } description => description,
                _ => null,
            };
            if (line is not null)
            {
                yield return line;
            }
        }
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsVisible(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    private static bool IsSynthesized(MethodInfo method) =>
        method.Name.StartsWith('<')
        || method.GetCustomAttribute<System.Runtime.CompilerServices.CompilerGeneratedAttribute>() is not null;

    private static string Field(FieldInfo field) =>
        field is { IsLiteral: true, DeclaringType.IsEnum: true }
            ? string.Create(CultureInfo.InvariantCulture, $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}")
            : $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{TypeName(field.FieldType)} {field.Name}";

    private static string Method(MethodInfo method)
    {
        string generic = method.IsGenericMethod
            ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>"
            : "";
        return $"{(method.IsStatic ? "static " : "")}{TypeName(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
    }

    private static string? Property(PropertyInfo property)
    {
        string[] accessors =
        [
            .. property.GetMethod is { } get && IsVisible(get) ? ["get"] : Array.Empty<string>(),
            .. property.SetMethod is { } set && IsVisible(set) ? [IsInit(set) ? "init" : "set"] : Array.Empty<string>(),
        ];
        bool isStatic = (property.GetMethod ?? property.SetMethod)!.IsStatic;
        return accessors.Length == 0 || property.Name == "EqualityContract"
            ? null
            : $"{(isStatic ? "static " : "")}{TypeName(property.PropertyType)} {property.Name} {{ {string.Join(' ', accessors)} }}";
    }

    private static bool IsInit(MethodInfo set) =>
        set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit));

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter =>
        {
            string by = parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? (parameter.IsIn ? "in " : "ref ") : "";
            string optional = parameter.HasDefaultValue ? " = ..." : "";
            return $"{by}{TypeName(parameter.ParameterType)} {parameter.Name}{optional}";
        }));

    private static string TypeName(Type type)
    {
        if (type.IsByRef)
        {
            return TypeName(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return $"{TypeName(type.GetElementType()!)}[]";
        }

        if (type.IsPointer)
        {
            return $"{TypeName(type.GetElementType()!)}*";
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return $"{TypeName(underlying)}?";
        }

        string name = Keywords.GetValueOrDefault(type)
            ?? (type.IsNested && !type.IsGenericParameter ? $"{TypeName(type.DeclaringType!)}." : "") + type.Name.Split('`')[0];
        return type.IsGenericType
            ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(TypeName))}>"
            : name;
    }
}
